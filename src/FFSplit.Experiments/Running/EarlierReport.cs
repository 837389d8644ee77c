using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Running;

/// <summary>The report that lies where a new one is to be written. Hours may be in it: its measurements are as good as those of a work
/// folder that is gone, and none of them is thrown away unasked.</summary>
sealed class EarlierReport
{
    readonly string _file;
    readonly ExperimentReport? _report;

    EarlierReport(string file, ExperimentReport? report) => (_file, _report) = (file, report);

    /// <summary>Looks before anything is measured whether the new report may take this one's place.</summary>
    /// <param name="file">Where a report is to be written; nothing may be there.</param>
    /// <param name="options">What decides a measurement now.</param>
    /// <param name="force">Whether whatever is there may be replaced.</param>
    /// <exception cref="BadUsageException">No report is there but another file, or one of other options.</exception>
    public static EarlierReport Find(string file, IReadOnlyDictionary<string, string> options, bool force)
    {
        if (!File.Exists(file)) return new EarlierReport(file, null);
        try
        {
            var report = ReportFile.Read(file);
            if (!force && report.Options is { } then && UnfinishedWork.Difference(then, options) is { } other)
                throw new BadUsageException($"{other.Name}: the report {file} was made with {other.Then}, now it is {other.Now}. Choose another --output, or "
                    + "replace it and begin anew with --force --restart.");
            return new EarlierReport(file, report);
        }
        catch (BadInputException)
        {
            return force ? new EarlierReport(file, null) : throw new BadUsageException($"{file} exists and is no report of an experiment. Choose "
                + "another --output, or replace it with --force.");
        }
    }

    /// <summary>Puts its measurements into a new work folder, where it has the same options, machine and version of this tool.</summary>
    /// <param name="options">What decides a measurement now.</param>
    /// <param name="machine">This one.</param>
    /// <param name="work">A new work folder.</param>
    /// <param name="notify">Told what was taken, or why nothing was.</param>
    public void TakeUp(IReadOnlyDictionary<string, string> options, Machine machine, WorkFolder work, Action<string>? notify)
    {
        if (_report is not { Options: { } then } || UnfinishedWork.Difference(then, options) is not null) return;
        if (_report.ToolVersion != ToolVersion.Current || !IsSame(_report.Machine, machine))
        {
            notify?.Invoke($"{_file} has the same options, but was made by another version of ffsplit, on another machine or with other threads; all is measured anew.");
            return;
        }
        foreach (var measurement in _report.Measurements) work.Put(measurement);
        work.Seconds = _report.Seconds;
        notify?.Invoke($"{_report.Measurements.Count} measurements are taken from {_file}. To have them measured anew give --restart.");
    }

    /// <summary>Refuses to replace it by a report that lacks some of its measurements.</summary>
    /// <exception cref="BadUsageException">Names the first that would be lost.</exception>
    public void RequireAll(IEnumerable<Measurement> measurements)
    {
        var now = measurements.Select(m => (m.Name, m.Seed)).ToHashSet();
        Measurement[] lost = [.. _report?.Measurements.Where(m => !now.Contains((m.Name, m.Seed))) ?? []];
        if (lost.Length == 0) return;
        var seed = lost[0].Seed is { } number ? $" of seed {number}" : "";
        throw new BadUsageException($"{_file} holds {lost.Length} measurements that this run does not, '{lost[0].Name}'{seed} the first of them. Give the "
            + "same --methods and --seeds too, choose another --output, or replace it with --force; what was measured now is kept and not measured again.");
    }

    // The system's version moves with every update, and no figure with it.
    static bool IsSame(Machine then, Machine now) => then with { System = now.System } == now;
}
