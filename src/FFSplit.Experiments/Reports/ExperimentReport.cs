namespace FFSplit.Experiments.Reports;

/// <summary>
/// What one experiment found on one model and one task. Everything that is shown of it (JSON, plots, terminal, docs/results.md) is
/// made from this record.
/// </summary>
public sealed record ExperimentReport
{
    /// <summary>The version of this form that is written, and the newest that is read.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Version of this form.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The experiment's name on the command line, for example "ablate".</summary>
    public required string Experiment { get; init; }

    /// <summary>The model's name, for example "all-MiniLM-L6-v2".</summary>
    public required string Model { get; init; }

    /// <summary>The task or text that it was measured on, for example "sst2".</summary>
    public required string Task { get; init; }

    /// <summary>The heading, one line.</summary>
    public required string Title { get; init; }

    /// <summary>The command that made it, from "ffsplit" on.</summary>
    public required string Command { get; init; }

    /// <summary>What decides its figures, by names of options: a run with the same can go on from it. Null where only the command tells.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>The metric that models are held against each other by; null where no task judges.</summary>
    public DecidingMetric? Deciding { get; init; }

    /// <summary>The day it ended, as yyyy-MM-dd.</summary>
    public required string Date { get; init; }

    /// <summary>Where it ran.</summary>
    public required Machine Machine { get; init; }

    /// <summary>Version of ffsplit.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The seeds of its runs.</summary>
    public required IReadOnlyList<long> Seeds { get; init; }

    /// <summary>How long it took in all, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>What was done and what came out, in plain sentences.</summary>
    public required string Paragraph { get; init; }

    /// <summary>Which claims it supports or refutes.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The figures, as they are to be read.</summary>
    public required IReadOnlyList<ReportTable> Tables { get; init; }

    /// <summary>What is to be drawn.</summary>
    public required IReadOnlyList<Chart> Charts { get; init; }

    /// <summary>The figures, as a program reads them.</summary>
    public required IReadOnlyList<Measurement> Measurements { get; init; }

    /// <summary>What a reader has to know besides: what was cut, passed over or estimated.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}
