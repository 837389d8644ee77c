using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Demo;

namespace FFSplit.Cli.Verbs;

sealed class DemoVerb()
    : Verb("demo", "Analyse a small novel-writing model that comes with ffsplit, compress it by each method at equal size, and compare.")
{
    public override IReadOnlyList<string> Examples => ["ffsplit demo"];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        // Beside the program, where build, publish and the tool's package put it.
        var assets = Path.Combine(AppContext.BaseDirectory, "assets", "demo");
        if (!Directory.Exists(assets))
            throw new BadInputException(assets, "the demo's model and texts", "no such folder",
                "Install or build ffsplit again; the folder belongs beside the program.");
        context.PrepareTorch();
        var report = DemoRun.Run(new DemoOptions(assets, context.Seed), context.Progress, context.Cancellation);
        context.Show(report, DemoReportJson.Default.DemoReport, report.Analysis.Notices, console => DemoView.Write(console, report));
        return ExitCodes.Fine;
    }
}
