using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Cli.Rendering;
using FFSplit.Experiments.Benching;
using FFSplit.Experiments.Reports;

namespace FFSplit.Cli.Verbs;

sealed class ReportVerb : Verb
{
    readonly Argument<string> _folder = new("FOLDER")
    {
        Description = "The folder that ffsplit experiment wrote its reports to; with --into, of measurements.",
    };
    readonly Option<string?> _output = new("--output", "-o")
    {
        Description = "The page to write (default: results.md beside FOLDER).",
        HelpName = "FILE",
    };
    readonly Option<bool> _check = new("--check")
    {
        Description = "Write nothing; exit with 1 when the page is not what the reports give.",
    };

    readonly Option<string[]> _into = new("--into")
    {
        Description = "A page whose places between <!-- bench FOLDER/BELOW --> and <!-- /bench --> are filled from what ffsplit bench "
            + "--json wrote there; <!-- bench FOLDER/BELOW MODEL --> stands for the range of one model's ratios. May be given several "
            + "times.",
        HelpName = "PAGE",
    };

    public ReportVerb() : base("report", "Make one Markdown page from the reports of experiments, or put speed tables into pages.")
    {
        _folder.Validators.Add(NotBlank);
        _output.Validators.Add(NotBlank);
        Arguments.Add(_folder);
        Options.Add(_output);
        Options.Add(_check);
        Options.Add(_into);
    }

    public override IReadOnlyList<string> Examples => ["ffsplit report docs/results", "ffsplit report docs/results --check",
        "ffsplit report bench/results --into README.md --into docs/figures.md"];

    public override int Execute(ParseResult parse, VerbContext context)
        => parse.GetValue(_into) is { Length: > 0 } pages ? Fill(parse, context, pages) : Make(parse, context);

    int Fill(ParseResult parse, VerbContext context, string[] pages)
    {
        if (parse.GetValue(_output) is not null)
            throw new BadUsageException("--output: expected none with --into, which names the pages itself, found both. Leave one out.");
        var options = new SpeedPagesOptions { Folder = parse.GetRequiredValue(_folder), Pages = pages, Check = parse.GetValue(_check) };
        var result = SpeedPagesJob.Run(options);
        context.Show(result, BenchJson.Default.SpeedPagesResult, [], console =>
        {
            foreach (var page in result.Pages)
                SizesView.Line(console, $"{page.Page}: {Count(page.Regions, "place")}" + (page.UpToDate ? ", up to date." : "."));
        });
        if (!options.Check || result.UpToDate) return ExitCodes.Fine;
        foreach (var page in result.Pages.Where(p => !p.UpToDate))
            context.Error.WriteLine($"check failed: {page.Page} is not what the measurements in {options.Folder} give. Make it again with "
                + $"ffsplit report {options.Folder} --into {page.Page}.");
        return ExitCodes.CheckFailed;
    }

    int Make(ParseResult parse, VerbContext context)
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
