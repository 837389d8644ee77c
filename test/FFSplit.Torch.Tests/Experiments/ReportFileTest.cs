using System.Text.Json.Nodes;
using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;

namespace FFSplit.Torch.Tests.Experiments;

public sealed class ReportFileTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_reads_back_as_it_was_written()
    {
        var text = ReportFile.Format(SampleReport.Of());
        var report = ReportFile.Read(_folder.Write("a.json", text));
        Assert.Equal(text, ReportFile.Format(report));
        Assert.Equal(double.NaN, report.Measurements[0].Values["loss"]);
        Assert.Equal([2, 1], report.Charts[0].Series[0].Spread);
        Assert.Equal(["heavy", "light"], report.Charts[0].XNames);
        Assert.Null(report.Charts[0].Series[1].Spread);
    }

    [Fact]
    public void Its_keys_are_snake_case_and_its_text_is_for_people()
    {
        var text = ReportFile.Format(SampleReport.Of());
        foreach (var part in new[]
        {
            "\"tool_version\": \"0.1.0\"", "\"kind\": \"bars\"", "\"x_names\"", "50.1 ± 0.2", "\"loss\": \"NaN\"", "\"log_x\"",
        })
            Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    [Theory]
    [InlineData("paragraph", null, "paragraph")]
    [InlineData("seconds", "\"long\"", "seconds")]
    [InlineData("machine", "{\"processor\": \"A\"}", "cores")]
    [InlineData("more", "1", "more")]
    [InlineData("title", "\" \"", "an empty title")]
    [InlineData("date", "\"3.2.2026\"", "the date '3.2.2026'")]
    [InlineData("version", "null", "something else")]
    [InlineData("version", "0", "something else")]
    [InlineData("charts", """[{"name":"a/b","title":"","x_label":"","y_label":"","kind":"lines","series":[]}]""", "a chart named 'a/b'")]
    [InlineData("charts",
        """[{"name":"a","title":"","x_label":"","y_label":"","kind":"lines","series":[{"name":"s","x":[1,2],"y":[1]}]}]""",
        "2 x and 1 y in the series 's' of the chart 'a'")]
    [InlineData("charts", """[{"name":"a","title":"","x_label":"","y_label":"","kind":"pie","series":[]}]""", "kind")]
    [InlineData("tables", """[{"title":"t","columns":["a","b"],"rows":[["1"]]}]""", "a row of 1 cells under 2 columns in the table 't'")]
    public void What_is_no_report_is_refused_with_the_files_name_and_the_fault(string key, string? value, string fault)
    {
        var json = JsonNode.Parse(ReportFile.Format(SampleReport.Of()))!.AsObject();
        if (value is null) json.Remove(key);
        else json[key] = JsonNode.Parse(value);
        var path = _folder.Write("bad.json", json.ToJsonString());
        var error = Assert.Throws<BadInputException>(() => ReportFile.Read(path));
        Assert.Equal(path, error.Thing);
        Assert.Contains(fault, error.Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_report_is_refused_before_anything_else_in_it_is_judged()
    {
        var error = Assert.Throws<BadInputException>(() => ReportFile.Read(_folder.Write("new.json", """{"version": 2, "other": true}""")));
        Assert.Contains("version 1, found version 2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void Other_JSON_and_no_JSON_are_refused_by_name(string text)
    {
        var path = _folder.Write("other.json", text);
        Assert.Equal(path, Assert.Throws<BadInputException>(() => ReportFile.Read(path)).Thing);
    }

    [Fact]
    public void A_malformed_report_is_not_written()
    {
        var twice = SampleReport.Of() with { Charts = [SampleReport.Bars(), SampleReport.Bars()] };
        Assert.Throws<ArgumentException>(() => ReportFile.Format(twice));
    }
}
