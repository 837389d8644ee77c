using FFSplit.Experiments.Comparing;
using FFSplit.Experiments.Neurons;
using FFSplit.Experiments.Sweeping;
using FFSplit.Experiments.Timing;

namespace FFSplit.Experiments;

/// <summary>All experiments by name.</summary>
public static class ExperimentCatalog
{
    static readonly IExperiment[] s_all =
    [
        new HeavyHittersExperiment(), new AblateExperiment(), new CompareExperiment(), new SweepExperiment(), new TransferExperiment(),
        new LatencyExperiment(),
    ];

    /// <summary>Names with a sentence each, for help texts.</summary>
    public static IReadOnlyList<(string Name, string Summary)> All { get; } = [.. s_all.Select(e => (e.Name, e.Summary))];

    internal static IExperiment? Find(string name) => s_all.FirstOrDefault(e => e.Name == name);
}
