using FFSplit.Experiments.Reports;
using FFSplit.Torch.Tests.Experiments;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>The verb as a process.</summary>
public sealed class ReportVerbTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _reports, _page;

    public ReportVerbTest()
    {
        (_reports, _page) = (_folder.File("results"), _folder.File("results.md"));
        ReportFolder.Write(SampleReport.Of(), _reports);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_page_is_made_checked_and_found_stale()
    {
        CliProcess.Run("report", _reports, "--check").Ended(1).Says("check failed: ", "Make it again with ffsplit report");
        Assert.False(File.Exists(_page));
        Assert.Contains("1 report, 1 claim.", CliProcess.Run("report", _reports + "/").Ended(0).Output, StringComparison.Ordinal);
        Assert.Contains("(results/ablate-tiny-sst2-accuracy.png)", File.ReadAllText(_page), StringComparison.Ordinal);
        CliProcess.Run("report", _reports, "--check").Ended(0);

        ReportFolder.Write(SampleReport.Of(task: "mrpc"), _reports);
        var before = Snapshot.Of(_folder.Path);
        var stale = CliProcess.Run("report", _reports, "--check", "--json").Ended(1).Json();
        Assert.False(stale.GetProperty("up_to_date").GetBoolean());
        Assert.Equal(2, stale.GetProperty("reports").GetInt32());
        Assert.Equal(before, Snapshot.Of(_folder.Path));
        CliProcess.Run("report", _reports).Ended(0);
        CliProcess.Run("report", _reports, "--check").Ended(0);
    }

    [Fact]
    public void A_page_elsewhere_links_to_the_folder_and_replaces_no_other_file()
    {
        var other = _folder.File("docs/page.md");
        CliProcess.Run("report", _reports, "-o", other).Ended(0);
        Assert.Contains("(../results/ablate-tiny-sst2.json)", File.ReadAllText(other), StringComparison.Ordinal);
        File.WriteAllText(other, "# Mine\n");
        CliProcess.Run("report", _reports, "-o", other).Ended(2).Says(other, "--force");
        Assert.Equal("# Mine\n", File.ReadAllText(other));
        CliProcess.Run("report", _reports, "-o", other, "--force").Ended(0);
        CliProcess.Run("report", _reports, "-o", _folder.Path).Ended(2).Says("is a folder");
    }

    [Fact]
    public void Speed_tables_are_put_into_pages_checked_and_found_stale()
    {
        var results = Path.Combine(TestFolders.Repository, "bench", "results");
        const string place = "# Mine\n<!-- bench AMD-EPYC/exported-all-MiniLM-L6-v2 -->\n";
        var page = _folder.Write("page.md", place + "<!-- /bench -->\n");
        CliProcess.Run("report", results, "--into", page, "--check").Ended(1).Says("check failed: ", page, "--into");
        CliProcess.Run("report", results, "--into", page).Ended(0);
        Assert.StartsWith(place + "\n| batch × length, threads |", File.ReadAllText(page), StringComparison.Ordinal);
        var checkedAgain = CliProcess.Run("report", results, "--into", page, "--check", "--json").Ended(0).Json();
        Assert.True(checkedAgain.GetProperty("up_to_date").GetBoolean());
        CliProcess.Run("report", results, "--into", page, "-o", _page).Ended(2).Says("--output", "--into");
        CliProcess.Run("report", results, "--into", _folder.Write("plain.md", "# Mine\n")).Ended(3).Says("plain.md", "<!-- bench");
    }

    [Fact]
    public void A_file_that_is_no_report_is_bad_input_and_nothing_is_written()
    {
        File.WriteAllText(Path.Combine(_reports, "other.json"), "{}");
        CliProcess.Run("report", _reports).Ended(3).Says("other.json");
        Assert.False(File.Exists(_page));
    }
}
