using System.Text.Json.Serialization;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>What a model said of a text.</summary>
/// <param name="Answers">Labels, tokens or a score, the likeliest first.</param>
/// <param name="Vector">Of a sentence encoder.</param>
sealed record RunResult(IReadOnlyList<RunAnswer> Answers, IReadOnlyList<float>? Vector);

/// <summary>One answer and how likely it is, or the score.</summary>
sealed record RunAnswer(string Name, double Value);

/// <summary>The same as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(RunResult))]
sealed partial class RunJson : JsonSerializerContext;

/// <summary>Draws it.</summary>
static class RunView
{
    public static void Write(IAnsiConsole console, RunResult result)
    {
        if (result.Vector is { } vector)
            console.WriteLine($"a vector of {vector.Count}: {string.Join(", ", vector.Take(4).Select(v => Text.Number(v, 4)))}, … (ffsplit embed writes them whole)");
        if (result.Answers.Count == 0) return;
        var table = Tables.New();
        Tables.Column(table, "answer", right: false);
        Tables.Column(table, "");
        foreach (var answer in result.Answers) Tables.Row(table, answer.Name, Text.Number(answer.Value, 4));
        console.Write(table);
    }
}
