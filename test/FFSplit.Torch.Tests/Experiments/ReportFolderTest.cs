using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;

namespace FFSplit.Torch.Tests.Experiments;

public sealed class ReportFolderTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_is_written_with_its_pictures_and_nothing_is_left_over()
    {
        var files = ReportFolder.Write(SampleReport.Of(), _folder.Path);
        Assert.Equal(["ablate-tiny-sst2.json", "ablate-tiny-sst2-accuracy.png", "ablate-tiny-sst2-accuracy.svg"],
            files.Select(Path.GetFileName));
        Assert.Equal(files.Select(Path.GetFileName).Order(StringComparer.Ordinal), _folder.Entries);
        Assert.Equal(ReportFile.Format(SampleReport.Of()), File.ReadAllText(files[0]));
        // Again, over the old ones.
        Assert.Equal(files, ReportFolder.Write(SampleReport.Of(), _folder.Path));
    }

    [Theory]
    [InlineData("models/all MiniLM", "ablate-models-all-MiniLM-sst2")]
    [InlineData("..", "ablate-..-sst2")]
    [InlineData("größe|<x>", "ablate-gr-e-x-sst2")]
    public void Names_of_files_hold_nothing_that_a_file_system_or_a_link_minds(string model, string stem)
        => Assert.Equal(stem, ReportFolder.Stem(SampleReport.Of(model: model)));

    [Fact]
    public void Reports_come_in_the_order_in_which_they_are_told()
    {
        foreach (var (experiment, model, task) in new[]
        {
            ("zoo", "tiny", "sst2"), ("latency", "tiny", "sst2"), ("ablate", "tiny", "sst2"), ("ablate", "tiny", "mrpc"),
            ("ablate", "big", "sst2"), ("heavy-hitters", "tiny", "sst2"),
        })
            _folder.Write($"{experiment}-{model}-{task}.json", ReportFile.Format(SampleReport.Of(experiment, model, task)));
        _folder.Write(".half.json", "{");
        Assert.Equal(
            ["heavy-hitters tiny sst2", "ablate big sst2", "ablate tiny mrpc", "ablate tiny sst2", "latency tiny sst2", "zoo tiny sst2"],
            ReportFolder.Read(_folder.Path).Select(r => $"{r.Experiment} {r.Model} {r.Task}"));
    }

    [Fact]
    public void A_report_under_anothers_name_is_refused()
    {
        var path = _folder.Write("copy.json", ReportFile.Format(SampleReport.Of()));
        var error = Assert.Throws<BadInputException>(() => ReportFolder.Read(_folder.Path));
        Assert.Equal(path, error.Thing);
        Assert.Contains("ablate-tiny-sst2.json", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_reports_and_no_folder_are_refused_by_name()
    {
        Assert.Equal(_folder.Path, Assert.Throws<BadInputException>(() => ReportFolder.Read(_folder.Path)).Thing);
        Assert.Equal("nothing", Assert.Throws<BadInputException>(() => ReportFolder.Read(_folder.File("none"))).Found);
    }
}
