using System.Diagnostics;

namespace FFSplit.Experiments.Timing;

/// <summary>Times several things beside each other: in turn within each round, so that what else the machine does hits all alike.</summary>
static class TurnTimer
{
    /// <summary>Runs each once to warm up, then all in turn.</summary>
    /// <param name="actions">What to time.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="cancellation">Looked at before each.</param>
    /// <returns>Seconds of each action in each round.</returns>
    public static double[][] Run(IReadOnlyList<Action> actions, int rounds, CancellationToken cancellation)
    {
        var seconds = actions.Select(_ => new double[rounds]).ToArray();
        foreach (var action in actions) action();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < actions.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                // Each begins as often as the others.
                var turn = (i + round) % actions.Count;
                var start = Stopwatch.GetTimestamp();
                actions[turn]();
                seconds[turn][round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        return seconds;
    }

    /// <summary>The median over the rounds of how much longer the first took than the second.</summary>
    public static double Ratio(double[] first, double[] second) => Median([.. first.Zip(second, (a, b) => a / b)]);

    public static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
