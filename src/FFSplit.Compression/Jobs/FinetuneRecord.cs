using FFSplit.Checkpoints;
using System.Globalization;
using FFSplit.Modeling.Training;

namespace FFSplit.Compression.Jobs;

/// <summary>training.json of a trained folder: what it was trained from, with which options, and what came of it.</summary>
static class FinetuneRecord
{
    const string Options = "options";

    /// <summary>The file's content.</summary>
    /// <param name="model">Folder name of what was trained.</param>
    /// <param name="teacher">Folder name of the teacher; null for none.</param>
    /// <param name="fingerprint">See <see cref="FinetuneFingerprint"/>.</param>
    /// <param name="result">The run.</param>
    public static string Format(string model, string? teacher, IReadOnlyDictionary<string, string> fingerprint, TrainingResult result)
        => JsonText.Format(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("tool_version", ToolVersion.Current);
        writer.WriteString("source", model);
        if (teacher is not null) writer.WriteString("teacher", teacher);
        writer.WriteStartObject(Options);
        foreach (var (name, value) in fingerprint) writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteNumber("steps", result.Steps);
        writer.WriteNumber("best_step", result.BestStep);
        writer.WriteNumber("tokens", result.Tokens);
        writer.WriteNumber("seconds", result.Seconds);
        writer.WriteStartObject("validation");
        foreach (var (name, value) in result.Best ?? new Dictionary<string, double>())
            if (double.IsFinite(value)) writer.WriteNumber(name, value);
            else writer.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteEndObject();
    });
}
