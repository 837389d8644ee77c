using FFSplit.Experiments.Plots;
using FFSplit.Experiments.Reports;
using SkiaSharp;

namespace FFSplit.Torch.Tests.Experiments;

/// <summary>Pictures are judged by their pixels: on a machine without fonts these tests fail where no glyph is drawn.</summary>
public class ChartWriterTest
{
    /// <summary>Dark pixels above the axes.</summary>
    static int InkOfTitle(string title)
    {
        using var picture = SKBitmap.Decode(ChartWriter.Png(SampleReport.Line(1, 2, 3) with { Title = title }));
        Assert.Equal((ChartWriter.Width, ChartWriter.Height), (picture.Width, picture.Height));
        // Right of the axis, which reaches further up where there is no title.
        return Enumerable.Range(0, 30).Sum(y => Enumerable.Range(200, 600).Count(x => picture.GetPixel(x, y).Red < 128));
    }

    [Fact]
    public void A_title_is_drawn_in_glyphs()
    {
        Assert.Equal(0, InkOfTitle(""));
        Assert.InRange(InkOfTitle("iiiiiiiiii"), 50, 10_000);
        // Boxes for missing glyphs would look all the same.
        Assert.InRange(InkOfTitle("WWWWWWWWWW"), 1.5 * InkOfTitle("iiiiiiiiii"), 10_000);
    }

    [Theory]
    [InlineData("−± ×→≤é")]
    [InlineData("Σ‖λ")]
    public void The_font_has_the_signs_that_reports_use(string signs)
        => Assert.All(signs.Where(c => c != ' '), sign => Assert.InRange(InkOfTitle(new string(sign, 3)), 5, 2_000));

    [Fact]
    public void An_SVG_holds_its_texts_as_text_in_a_font_with_fallbacks()
    {
        var svg = ChartWriter.Svg(SampleReport.Bars("Three & four"));
        var texts = svg.Replace("\t", "", StringComparison.Ordinal).Replace("</text>", "\n", StringComparison.Ordinal);
        foreach (var text in new[] { "Three &amp; four", "accuracy", "raw", "tuned", "heavy", "light" })
            Assert.Contains($"{text}\n", texts, StringComparison.Ordinal);
        Assert.Contains("font-family=\"DejaVu Sans, Verdana, sans-serif\"", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("font-family=\"DejaVu Sans\"", svg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChartKind.Lines)]
    [InlineData(ChartKind.Points)]
    [InlineData(ChartKind.Bars)]
    public void The_same_chart_gives_the_same_bytes_and_another_kind_others(ChartKind kind)
    {
        var chart = SampleReport.Bars() with { Kind = kind };
        Assert.Equal(ChartWriter.Svg(chart), ChartWriter.Svg(chart));
        Assert.Equal(ChartWriter.Png(chart), ChartWriter.Png(chart));
        var other = chart with { Kind = kind == ChartKind.Bars ? ChartKind.Lines : ChartKind.Bars };
        Assert.NotEqual(ChartWriter.Svg(chart), ChartWriter.Svg(other));
    }

    [Theory]
    [InlineData(ChartKind.Lines)]
    [InlineData(ChartKind.Bars)]
    public void A_spread_is_drawn(ChartKind kind)
    {
        var chart = SampleReport.Bars() with { Kind = kind };
        var without = chart with { Series = [.. chart.Series.Select(series => series with { Spread = null })] };
        Assert.NotEqual(ChartWriter.Png(without), ChartWriter.Png(chart));
    }

    [Fact]
    public void What_an_axis_cannot_show_is_left_out()
    {
        var line = SampleReport.Line(1, 10, 100) with { LogY = true };
        var series = line.Series[0] with { X = [1, 2, 3, 4, 5, double.PositiveInfinity], Y = [1, 10, 100, 0, double.NaN, 1] };
        var more = line with { Series = [series] };
        Assert.Equal(ChartWriter.Svg(line), ChartWriter.Svg(more));
        Assert.NotEmpty(ChartWriter.Png(line with { Series = [] }));
        Assert.NotEmpty(ChartWriter.Png(SampleReport.Line(5)));
        Assert.NotEmpty(ChartWriter.Png(SampleReport.Line(double.NaN)));
    }

    [Fact]
    public void A_logarithmic_axis_has_round_ticks_few_but_enough()
    {
        Assert.Equal(["1", "10", "100", "1,000"], Labels(0, 3));
        Assert.Equal(["0.01", "0.02", "0.05", "0.1", "0.2"], Labels(-2, -0.6));
        Assert.Equal(["36", "37", "38", "39", "40", "41", "42"], Labels(Math.Log10(35.5), Math.Log10(42.5)));
        Assert.InRange(Labels(-30, 30).Length, 4, 10);

        static string[] Labels(double low, double high) => [.. Ticks.Logarithmic(low, high).Select(tick => tick.Label)];
    }

    [Fact]
    public void A_few_values_apart_get_their_own_ticks()
    {
        Assert.Equal(["16", "128", "384"], Ticks.AtValues([128, 16, 384, 16], new Scale(true))!.Select(tick => tick.Label));
        Assert.Null(Ticks.AtValues([1, 1.001, 2], new Scale(false)));
        Assert.Null(Ticks.AtValues(Enumerable.Range(0, 100).Select(i => (double)i), new Scale(false)));
        Assert.Null(Ticks.AtValues([], new Scale(false)));
    }

    [Fact]
    public void A_long_line_is_thinned_but_keeps_its_ends_and_its_steps()
    {
        double[] y = [.. Enumerable.Range(0, 5000).Select(i => i == 2500 ? 5.0 : 1 / (1.0 + i))];
        var line = Dot.Of(new Series("a", [.. Enumerable.Range(0, 5000).Select(i => (double)i)], y), new Scale(false), new Scale(false));
        var thin = Dot.Thin(line);
        Assert.InRange(thin.Length, 300, 900);
        Assert.Equal((line[0], line[^1]), (thin[0], thin[^1]));
        Assert.Contains(line[2500], thin);
    }

    [Fact]
    public void Series_of_unequal_lengths_are_a_fault_of_the_caller()
        => Assert.Throws<ArgumentException>(() => ChartWriter.Svg(SampleReport.Bars() with { Series = [new Series("a", [1], [])] }));
}
