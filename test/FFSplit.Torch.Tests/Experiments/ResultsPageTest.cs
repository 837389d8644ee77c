using FFSplit.Experiments.Reports;

namespace FFSplit.Torch.Tests.Experiments;

public class ResultsPageTest
{
    static string Page(params ExperimentReport[] reports) => ResultsPage.Make(reports, "results", _ => true);

    static ExperimentReport Finding(string task, params (string Claim, bool? Holds)[] findings)
        => SampleReport.Of(task: task) with { Findings = [.. findings.Select(f => new Finding(f.Claim, f.Holds, $"{task}: figures"))] };

    [Fact]
    public void The_committed_page_is_what_the_committed_reports_give()
    {
        var docs = Path.Combine(TestFolders.Repository, "docs");
        var (folder, page) = (Path.Combine(docs, "results"), Path.Combine(docs, "results.md"));
        if (!Directory.Exists(folder) && !File.Exists(page)) return;
        Assert.True(Directory.Exists(folder) && File.Exists(page), "of docs/results and docs/results.md one is missing");
        var result = ResultsPageJob.Run(new ResultsPageOptions { Folder = folder, Check = true });
        Assert.True(result.UpToDate, "docs/results.md is stale: run ffsplit report docs/results");
    }

    [Fact]
    public void Each_claim_is_one_sentence_that_counts_the_tasks_for_and_against_it_above_their_figures()
    {
        var page = Page(
            Finding("a", ("First", true), ("Second", false), ("Third", true), ("Fourth", true), ("Sixth", null)),
            Finding("b", ("First", false), ("Second", false), ("Third", null)),
            Finding("c", ("First", true), ("Fifth", false)));
        Assert.Contains("""
            - First: **yes on 2, no on 1**.
              - yes: a: figures
              - yes: c: figures
              - no: b: figures
            - Second: **no on all 2**.
              - no: a: figures
              - no: b: figures
            - Third: **yes on 1, undecided on 1**.
              - yes: a: figures
              - undecided: b: figures
            - Fourth: **yes**.
              - yes: a: figures
            - Sixth: **undecided**.
              - undecided: a: figures
            - Fifth: **no**.
              - no: c: figures

            """, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Comparisons_stand_beside_each_other_with_the_mean_loss_of_a_model_s_tasks()
    {
        var page = Page(
            Compared("mrpc", higher: true, ("dense", [80, 90]), ("paper tuned", [79, 87]), ("vanilla tuned", [70, 80]), ("paper raw", [50, 60])),
            Compared("sst-2", higher: true, ("dense", [70]), ("paper tuned", [71]), ("paper raw", [60])),
            Compared("perplexity", higher: false, ("dense", [40]), ("paper tuned", [42])));
        Assert.Contains("""
            **Raw**

            | model | task | metric | dense | paper |
            | --- | --- | --- | ---: | ---: |
            | tiny | mrpc | metric | 85.00 ± 7.07 | 30.00 ± 0.00 |
            | tiny | sst-2 | metric | 70.00 | 10.00 |
            | tiny | perplexity | metric | 40.00 |  |
            | tiny | mean of 2 tasks |  |  | 20.00 |

            **Tuned**

            | model | task | metric | dense | paper | vanilla |
            | --- | --- | --- | ---: | ---: | ---: |
            | tiny | mrpc | metric | 85.00 ± 7.07 | 2.00 ± 1.41 | 10.00 ± 0.00 |
            | tiny | sst-2 | metric | 70.00 | -1.00 |  |
            | tiny | perplexity | metric | 40.00 | 2.00 |  |
            | tiny | mean of 2 tasks |  |  | 0.50 |  |

            """, page, StringComparison.Ordinal);
        Assert.DoesNotContain("at a glance", Page(SampleReport.Of()), StringComparison.Ordinal);

        static ExperimentReport Compared(string task, bool higher, params (string Name, double[] Values)[] of)
            => SampleReport.Of("compare", task: task) with
            {
                Deciding = new DecidingMetric("metric", higher),
                Measurements = [.. of.SelectMany(m => m.Values.Select((v, i) => new Measurement(m.Name, i, new Dictionary<string, double> { ["metric"] = v })))],
            };
    }

    [Fact]
    public void A_section_tells_what_was_done_where_and_how_to_do_it_again()
    {
        var page = Page(SampleReport.Of());
        foreach (var part in new[]
        {
            "## ablate of tiny on sst2\n\nThe heavy neurons were removed, and it showed.\n\n**Accuracy**\n\n",
            "| removed | accuracy |\n| --- | ---: |\n| heavy | 50.1 ± 0.2 |\n| light | – |\n\n",
            "[![Accuracy](results/ablate-tiny-sst2-accuracy.png)](results/ablate-tiny-sst2-accuracy.svg)",
            "- Note: Only 3 samples were there.",
            "<sub>A processor, 2 cores, 1 thread, A system; 2026-02-03; seeds 0, 1; 10 min; ffsplit 0.1.0; "
                + "`ffsplit experiment ablate models/tiny`; [JSON](results/ablate-tiny-sst2.json)</sub>",
        })
            Assert.Contains(part, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_that_are_not_there_are_not_shown()
    {
        Assert.DoesNotContain("![", Made(_ => false), StringComparison.Ordinal);
        var onlyPixels = Made(name => name.EndsWith(".png", StringComparison.Ordinal));
        Assert.Contains("![Accuracy](results/ablate-tiny-sst2-accuracy.png)", onlyPixels, StringComparison.Ordinal);
        Assert.DoesNotContain(".svg", onlyPixels, StringComparison.Ordinal);

        static string Made(Func<string, bool> exists) => ResultsPage.Make([SampleReport.Of()], "results", exists);
    }

    [Fact]
    public void Text_is_not_taken_for_markup()
    {
        var page = Page(SampleReport.Of() with
        {
            Paragraph = "a*b*c <b> [d](e)\nnext",
            Tables = [new ReportTable("t", ["a|b"], [["<i>"], ["c\nd"]])],
        });
        Assert.Contains("a\\*b\\*c &lt;b> \\[d](e) next\n", page, StringComparison.Ordinal);
        Assert.Contains("| a\\|b |\n| --- |\n| &lt;i> |\n| c d |\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_says_which_command_makes_it()
        => Assert.Contains("`ffsplit report results`", Page(SampleReport.Of()), StringComparison.Ordinal);
}
