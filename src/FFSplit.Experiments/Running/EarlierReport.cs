using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Running;

/// <summary>A report that lies in the output folder already: its measurements are as good as those of a work folder that is gone, so a
/// third seed does not cost the first two again.</summary>
static class EarlierReport
{
    /// <summary>Puts a report's measurements into a new work folder, where it has the same options, machine and version of this tool.</summary>
    /// <param name="file">The report; may be missing.</param>
    /// <param name="options">What decides a measurement.</param>
    /// <param name="machine">This one.</param>
    /// <param name="work">A new work folder.</param>
    /// <param name="notify">Told what was taken, or why nothing was.</param>
    public static void TakeUp(string file, IReadOnlyDictionary<string, string> options, Machine machine, WorkFolder work, Action<string>? notify)
    {
        if (Read(file) is not { Options: { } then } report || !(then.Count == options.Count && !then.Except(options).Any())) return;
        if (report.ToolVersion != ToolVersion.Current || !IsSame(report.Machine, machine))
        {
            notify?.Invoke($"{file} has the same options, but was made by another version of ffsplit, on another machine or with other threads; all is measured anew.");
            return;
        }
        foreach (var measurement in report.Measurements) work.Put(measurement);
        work.Seconds = report.Seconds;
        notify?.Invoke($"{report.Measurements.Count} measurements are taken from {file}. To have them measured anew give --restart.");
    }

    // The system's version moves with every update, and no figure with it.
    static bool IsSame(Machine then, Machine now) => then with { System = now.System } == now;

    // What cannot be read is about to be replaced.
    static ExperimentReport? Read(string file)
    {
        try
        {
            return File.Exists(file) ? ReportFile.Read(file) : null;
        }
        catch (BadInputException)
        {
            return null;
        }
    }
}
