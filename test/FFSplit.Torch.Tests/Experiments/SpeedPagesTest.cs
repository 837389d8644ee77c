using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Experiments.Benching;
using FFSplit.Experiments.Reports;

namespace FFSplit.Torch.Tests.Experiments;

/// <summary>Speed tables in pages, made from measurements.</summary>
public sealed class SpeedPagesTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_committed_pages_show_what_the_committed_measurements_give()
    {
        string[] pages = ["README.md", "docs/figures.md"];
        var result = SpeedPagesJob.Run(new SpeedPagesOptions
        {
            Folder = Path.Combine(TestFolders.Repository, "bench", "results"),
            Pages = [.. pages.Select(p => Path.Combine(TestFolders.Repository, p))],
            Check = true,
        });
        foreach (var page in result.Pages)
            Assert.True(page.UpToDate, $"{page.Page} is stale: run ffsplit report bench/results --into README.md --into docs/figures.md");
    }

    [Fact]
    public void A_table_has_a_line_for_each_measurement_and_stands_between_its_comments()
    {
        Measure("a/2.json", batch: 1, length: 16, threads: 2, (9.126, 1), (4, 2.345));
        Measure("a/1.json", batch: 8, length: 128, threads: 1, (250.04, 1), (100, 2.5));
        Measure("a/3.json", batch: 1, length: 16, threads: 1, (10, 1), (4, 1.96));
        Measure("a/0.json", batch: 1, length: 64, threads: 1, decode: true, spinning: false, (1.5, 1), (0.5, 3));
        Measure("a/4.json", batch: 1, length: 16, threads: 2, decode: false, spinning: true, (8.5, 1), (3.4, 2.5));
        var page = Fill("before\n<!-- bench a -->\nold\n<!-- /bench -->\nand <!-- bench a m1 -->old<!-- /bench --> after\n");
        Assert.Equal("""
            before
            <!-- bench a -->

            | batch × length, threads | m0, ms | m1 |
            | ---: | ---: | ---: |
            | 8 × 128, 1 | 250.0 | 2.50 |
            | 1 × 16, 1 | 10.0 | 1.96 |
            | 1 × 16, 2 | 9.13 | 2.35 |
            | 1 × 16, 2, spinning | 8.50 | 2.50 |
            | 1 × 1 after 64, 1 | 1.50 | 3.00 |

            <!-- /bench -->
            and <!-- bench a m1 -->2.0 to 3.0<!-- /bench --> after

            """.ReplaceLineEndings("\n"), page);
        Assert.Equal(page, Fill(page));
    }

    [Fact]
    public void A_check_writes_nothing_and_sees_what_is_stale()
    {
        Measure("a/1.json", batch: 1, length: 16, threads: 1, (10, 1), (4, 2.5));
        var page = _folder.Write("page.md", "is <!-- bench a m1 -->9.9<!-- /bench -->");
        Assert.False(Run(page, check: true).UpToDate);
        Assert.Equal("is <!-- bench a m1 -->9.9<!-- /bench -->", File.ReadAllText(page));
        Assert.False(Run(page).UpToDate);
        Assert.Equal("is <!-- bench a m1 -->2.5 to 2.5<!-- /bench -->", File.ReadAllText(page));
        Assert.True(Run(page, check: true).UpToDate);
        File.WriteAllText(page, File.ReadAllText(page).Replace("\n", "\r\n", StringComparison.Ordinal));
        Assert.True(Run(page, check: true).UpToDate);
    }

    [Theory]
    [InlineData("nothing to fill", "found none")]
    [InlineData("<!-- bench a -->\nno end", "found none")]
    [InlineData("is <!-- bench a m1 --><!-- /bench --> <!-- bench a -->", "3 comments for 1 places")]
    [InlineData("is <!-- bench a m1 --> <!-- bench a m1 --><!-- /bench -->", "3 comments for 1 places")]
    [InlineData("is <!-- bench a m7 --><!-- /bench -->", "expected one of m0, m1, found 'm7'")]
    [InlineData("is\n<!-- bench a m1 --><!-- /bench -->", "within a line")]
    [InlineData("<!-- bench b --><!-- /bench -->", "no folder there")]
    [InlineData("<!-- bench mixed --><!-- /bench -->", "expected the models of 1.json, m0, m1, found m0")]
    [InlineData("<!-- bench other --><!-- /bench -->", "what ffsplit bench --json writes")]
    [InlineData("<!-- bench empty --><!-- /bench -->", "no .json in it")]
    public void What_cannot_be_filled_is_named_and_nothing_is_written(string text, string message)
    {
        Measure("a/1.json", batch: 1, length: 16, threads: 1, (10, 1), (4, 2.5));
        Measure("mixed/1.json", batch: 1, length: 16, threads: 1, (10, 1), (4, 2.5));
        Measure("mixed/2.json", batch: 1, length: 16, threads: 2, (10, 1));
        foreach (var name in (string[])["other", "empty"]) Directory.CreateDirectory(_folder.File(name));
        _folder.Write("other/1.json", "[1, 2");
        var (good, bad) = (_folder.Write("good.md", "is <!-- bench a m1 --><!-- /bench -->"), _folder.Write("bad.md", text));
        var options = new SpeedPagesOptions { Folder = _folder.Path, Pages = [good, bad] };
        var exception = Assert.Throws<BadInputException>(() => SpeedPagesJob.Run(options));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Equal("is <!-- bench a m1 --><!-- /bench -->", File.ReadAllText(good));
    }

    string Fill(string text)
    {
        var page = _folder.Write("page.md", text);
        Run(page);
        return File.ReadAllText(page);
    }

    SpeedPagesResult Run(string page, bool check = false)
        => SpeedPagesJob.Run(new SpeedPagesOptions { Folder = _folder.Path, Pages = [page], Check = check });

    void Measure(string path, int batch, int length, int threads, params (double Milliseconds, double Ratio)[] models)
        => Measure(path, batch, length, threads, decode: false, spinning: false, models);

    void Measure(string path, int batch, int length, int threads, bool decode, bool spinning, params (double Milliseconds, double Ratio)[] models)
    {
        var result = new BenchResult(new Machine("A processor", 2, threads, "A system"), batch, length, threads, 3, 1,
            [.. models.Select((m, i) => new BenchRow($"m{i}", m.Milliseconds, m.Milliseconds, 1, m.Ratio, m.Ratio, m.Ratio, 1))],
            Decode: decode, Spinning: spinning);
        Directory.CreateDirectory(Path.GetDirectoryName(_folder.File(path))!);
        _folder.Write(path, JsonSerializer.Serialize(result, BenchJson.Default.BenchResult));
    }
}
