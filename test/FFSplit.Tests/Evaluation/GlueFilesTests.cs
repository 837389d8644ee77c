using FFSplit.Evaluation.Samples;

namespace FFSplit.Tests.Evaluation;

/// <summary>The files as they lie: rows = lines, less the header where there is one (counted by wc -l).</summary>
public class GlueFilesTests
{
    [Theory]
    [InlineData("STS-B/dev.tsv", "sentence1", "sentence2", "score", 1500)]
    [InlineData("STS-B/train.tsv", "sentence1", "sentence2", "score", 5749)]
    [InlineData("MRPC/dev.tsv", "#1 String", "#2 String", "Quality", 408)]
    [InlineData("MRPC/train.tsv", "#1 String", "#2 String", "Quality", 3668)]
    [InlineData("RTE/dev.tsv", "sentence1", "sentence2", "label", 277)]
    [InlineData("RTE/train.tsv", "sentence1", "sentence2", "label", 2490)]
    [InlineData("SST-2/dev.tsv", "sentence", null, "label", 872)]
    [InlineData("SST-2/train.tsv", "sentence", null, "label", 67349)]
    [InlineData("CoLA/dev.tsv", "3", null, "1", 1043)]
    [InlineData("CoLA/train.tsv", "3", null, "1", 8551)]
    public void Every_row_is_a_sample(string file, string text, string? pair, string label, int rows)
    {
        var set = Calls.Read(new DataOptions
        {
            Path = TestFolders.RequireShared("data/glue/" + file),
            TextColumns = [text],
            TextPairColumn = pair,
            LabelColumn = label,
            Shuffle = false,
        });
        Assert.Equal(rows, set.Samples.Count);
        // CoLA has no header, and its columns are given by position.
        Assert.Equal(char.IsAsciiDigit(text[0]) ? 1 : 0, set.Notices.Count(n => n.Contains("by position", StringComparison.Ordinal)));
        Assert.DoesNotContain(set.Notices, n => !n.Contains("by position", StringComparison.Ordinal));
        Assert.All(set.Samples, s => Assert.True(s.Label!.Length is > 0 and < 20));
    }

    // awk -F'\t' 'NR>1{print $8; print $9}' train.tsv | sort -u | wc -l   (LC_ALL=C)
    [Fact]
    public void Both_columns_of_STSB_train_without_repetition()
    {
        var set = Calls.Read(new DataOptions { Path = TestFolders.RequireShared("data/glue/STS-B/train.tsv"), Distinct = true });
        Assert.Equal(10536, set.Samples.Count);
    }
}
