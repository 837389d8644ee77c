using System.CommandLine;
using FFSplit.Cli.Rendering;
using FFSplit.Experiments.Reports;

namespace FFSplit.Cli.Verbs;

sealed class ReportVerb : Verb
{
    readonly Argument<string> _folder = new("FOLDER") { Description = "The folder that ffsplit experiment wrote its reports to." };
    readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The page to write (default: results.md beside FOLDER).",
        HelpName = "FILE",
    };
    readonly Option<bool> _check = new("--check")
    {
        Description = "Write nothing; exit with 1 when the page is not what the reports give.",
    };

    public ReportVerb() : base("report", "Make one Markdown page from the reports of experiments.")
    {
        _folder.Validators.Add(NotBlank);
        _output.Validators.Add(NotBlank);
        Arguments.Add(_folder);
        Options.Add(_output);
        Options.Add(_check);
    }

    public override IReadOnlyList<string> Examples => ["ffsplit report docs/results", "ffsplit report docs/results --check"];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new ResultsPageOptions
        {
            Folder = parse.GetRequiredValue(_folder),
            Output = parse.GetValue(_output),
            Check = parse.GetValue(_check),
            Force = context.Force,
        };
        var result = ResultsPageJob.Run(options);
        context.Show(result, ReportJson.Default.ResultsPageResult, [], console => SizesView.Line(console,
            $"{result.Output}: {Count(result.Reports, "report")}, {Count(result.Claims, "claim")}"
            + (result.UpToDate ? ", up to date." : ".")));
        if (!options.Check || result.UpToDate) return ExitCodes.Fine;
        context.Error.WriteLine($"check failed: {result.Output} is not what the reports in {options.Folder} give. Make it again with "
            + $"ffsplit report {options.Folder}{(options.Output is { } output ? $" -o {output}" : "")}.");
        return ExitCodes.CheckFailed;
    }

    static string Count(int number, string noun) => $"{Text.Count(number)} {noun}{(number == 1 ? "" : "s")}";
}
