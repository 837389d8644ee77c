using System.Text.RegularExpressions;
using FFSplit.Checkpoints;

namespace FFSplit.Experiments.Benching;

/// <summary>
/// Places in a Markdown text that measurements fill, between two comments: <c>&lt;!-- bench FOLDER --&gt;</c>, for a table, or
/// <c>&lt;!-- bench FOLDER MODEL --&gt;</c>, for the range of one model's ratios within a sentence, and <c>&lt;!-- /bench --&gt;</c>.
/// </summary>
static partial class SpeedRegions
{
    /// <summary>Fills them; what stands there already is replaced.</summary>
    /// <param name="text">With line feeds.</param>
    /// <param name="page">Its name, for messages.</param>
    /// <param name="read">The measurements of a folder that a comment names.</param>
    /// <returns>The text, and how many such places it has.</returns>
    /// <exception cref="BadInputException">No such place, one without an end, or a model that was not measured.</exception>
    public static (string Text, int Regions) Fill(string text, string page, Func<string, IReadOnlyList<BenchResult>> read)
    {
        var regions = 0;
        var filled = Region.Replace(text, match =>
        {
            regions++;
            var (begin, folder, model) = (match.Groups["begin"].Value, match.Groups["folder"].Value, match.Groups["model"].Value);
            // There a comment would begin a block of HTML, and the sentence would end before it.
            if (model.Length > 0 && (match.Index == 0 || text[match.Index - 1] == '\n'))
                throw new BadInputException($"{page}, {begin}", "a comment within a line", "one that begins a line",
                    "Put a word before it.");
            var content = model.Length == 0 ? $"\n\n{SpeedTable.Make(read(folder))}\n\n"
                : SpeedTable.Range(read(folder), model, $"{page}, {begin}");
            return begin + content + match.Groups["end"].Value;
        });
        var marks = Mark.Count(text);
        if (regions == 0 || marks != 2 * regions)
            throw new BadInputException(page, "places between <!-- bench FOLDER --> or <!-- bench FOLDER MODEL --> and <!-- /bench -->",
                regions == 0 ? "none" : $"{marks} comments for {regions} places", "Put both comments where figures are to stand.");
        return (filled, regions);
    }

    [GeneratedRegex(@"(?<begin><!-- bench (?<folder>\S+)(?: (?<model>\S+))? -->)(?:(?!<!-- /?bench)[\s\S])*(?<end><!-- /bench -->)")]
    static partial Regex Region { get; }

    [GeneratedRegex(@"<!-- /?bench\b")]
    static partial Regex Mark { get; }
}
