using System.Text.Encodings.Web;
using System.Text.Json;
using FFSplit.Checkpoints;

namespace FFSplit.Experiments.Reports;

/// <summary>An experiment's report as a JSON file.</summary>
public static class ReportFile
{
    const string Remedy = "Make it again with ffsplit experiment, or take it out of the folder.";

    // Without escapes that only HTML needs, because people read these files.
    static readonly ReportJson Readable = new(new JsonSerializerOptions(ReportJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Reads a report and holds it against <see cref="ReportChecks"/>.</summary>
    /// <exception cref="BadInputException">No such file, not a report, or one of a newer version; names the file.</exception>
    public static ExperimentReport Read(string path)
    {
        var json = JsonFile.Read(path, Remedy);
        // Looked at before all else, because a newer file may differ in anything else.
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("version", out var number)
            || number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var version) || version < 1)
            throw new BadInputException(path, "an experiment's report with its version", "something else", Remedy);
        if (version > ExperimentReport.CurrentVersion)
            throw new BadInputException(path, $"a report of version {ExperimentReport.CurrentVersion}", $"version {version}",
                "Use the ffsplit that made it, or a newer one.");
        ExperimentReport report;
        try
        {
            report = json.Deserialize(ReportJson.Default.ExperimentReport)!;
        }
        catch (JsonException e)
        {
            throw new BadInputException(path, "an experiment's report", e.Message, Remedy, e);
        }
        return ReportChecks.Fault(report) is { } fault
            ? throw new BadInputException(path, "an experiment's report", fault, Remedy) : report;
    }

    /// <summary>The text of its file. The same report always gives the same text.</summary>
    /// <exception cref="ArgumentException">The report would not pass <see cref="ReportChecks"/> when it is read.</exception>
    public static string Format(ExperimentReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (ReportChecks.Fault(report) is { } fault) throw new ArgumentException(fault, nameof(report));
        return JsonSerializer.Serialize(report, Readable.ExperimentReport) + "\n";
    }
}
