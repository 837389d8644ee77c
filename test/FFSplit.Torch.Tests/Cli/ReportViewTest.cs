using FFSplit.Cli.Rendering;
using FFSplit.Torch.Tests.Experiments;
using Spectre.Console;

namespace FFSplit.Torch.Tests.Cli;

public class ReportViewTest
{
    [Fact]
    public void A_report_is_shown_with_its_figures_its_verdicts_and_its_files()
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No });
        console.Profile.Width = 160;
        ReportView.Write(console, SampleReport.Of(model: "[tiny]"), ["out/a.json", "out/a.png", "out/a.svg"]);
        foreach (var part in new[]
        {
            "ablate of [tiny] on sst2", "and it showed.", "50.1 ± 0.2",
            "yes: Heavy neurons matter more than light ones (sst2: 50 without the heavy, 90 without the light).",
            "Written to out/a.json and 2 pictures beside it, in 10 min.",
        })
            Assert.Contains(part, text.ToString(), StringComparison.Ordinal);
    }
}
