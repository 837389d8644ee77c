using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Tests.Evaluation;

namespace FFSplit.Tests.Batches;

public class BatchBuilderTests
{
    static TokenizedText Text(params int[] ids) => new(ids, [.. ids.Select((_, i) => i % 2)]);

    static TokenizedText Long(int length, int first = 100) => Text([.. Enumerable.Range(first, length)]);

    [Fact]
    public void Rows_are_sorted_longest_first_and_equal_ones_stay_in_order()
    {
        var batches = BatchBuilder.Pack([Long(2), Long(5), Long(3), Long(5), Long(2)], new BatchOptions { MaxRows = 3 }, 9, false);
        Assert.Equal([[1, 3, 2], [0, 4]], batches.Select(b => b.Indices));
        Assert.Equal([(3, 5), (2, 2)], batches.Select(b => (b.Batch.Rows, b.Batch.Length)));
    }

    [Fact]
    public void Padding_is_on_the_right_with_the_pad_id_and_a_mask_of_zero()
    {
        var batch = Assert.Single(BatchBuilder.Pack([Text(7), Text(4, 5, 6)], new BatchOptions(), 9, true)).Batch;
        Assert.Equal([4, 5, 6, 7, 9, 9], batch.InputIds);
        Assert.Equal([1, 1, 1, 1, 0, 0], batch.AttentionMask);
        Assert.Equal([0, 1, 0, 0, 0, 0], batch.TokenTypeIds!);
        Assert.Equal(4, batch.TokenCount);
    }

    [Fact]
    public void Without_a_pad_id_padding_is_zero_and_without_type_ids_there_are_none()
    {
        var batch = Assert.Single(BatchBuilder.Pack([Text(7), Text(4, 5)], new BatchOptions(), null, false)).Batch;
        Assert.Equal([4, 5, 7, 0], batch.InputIds);
        Assert.Null(batch.TokenTypeIds);
    }

    [Fact]
    public void A_batch_is_bounded_by_padded_tokens_and_by_rows()
    {
        var texts = Enumerable.Range(0, 60).Select(i => Long(1 + i * 7 % 23)).ToArray();
        foreach (var (rows, tokens) in new[] { (1, 100), (4, 1000), (100, 50), (7, 64) })
        {
            var batches = BatchBuilder.Pack(texts, new BatchOptions { MaxRows = rows, MaxTokens = tokens }, 0, false);
            Assert.Equal(Enumerable.Range(0, 60), batches.SelectMany(b => b.Indices).Order());
            Assert.All(batches, b => Assert.True(b.Batch.Rows <= rows && b.Batch.Rows * b.Batch.Length <= tokens));
            Assert.All(batches, b => Assert.All(b.Indices, (index, row) =>
            {
                var ids = texts[index].Ids.Select(id => (long)id).ToArray();
                Assert.Equal(ids, b.Batch.InputIds.AsSpan(row * b.Batch.Length, ids.Length).ToArray());
                Assert.Equal(ids.Length, b.Batch.AttentionMask.AsSpan(row * b.Batch.Length, b.Batch.Length).ToArray().Sum());
            }));
        }
    }

    [Fact]
    public void A_text_beyond_the_bound_is_a_batch_of_its_own()
    {
        var batches = BatchBuilder.Pack([Long(9), Long(20), Long(9)], new BatchOptions { MaxTokens = 18 }, 0, false);
        Assert.Equal([[1], [0, 2]], batches.Select(b => b.Indices));
    }

    [Fact]
    public void Texts_and_pairs_are_encoded_with_special_tokens_and_cut()
    {
        var tokenizer = new WordTokenizer();
        var batches = Calls.Build(tokenizer, [new("a b c d e"), new("a b", "c"), new("")], maxLength: 6);
        var (batch, indices) = Assert.Single(batches);
        Assert.Equal([0, 1, 2], indices);
        Assert.Equal([1, 10, 11, 12, 13, 2, 1, 10, 11, 2, 12, 2, 1, 2, 3, 3, 3, 3], batch.InputIds);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], batch.TokenTypeIds!);
        Assert.Null(Calls.Build(new WordTokenizer { UsesTypeIds = false }, [new("a")], 6)[0].Batch.TokenTypeIds);
    }

    [Fact]
    public void A_text_without_tokens_is_refused_and_no_texts_are_no_batches()
    {
        var error = Assert.Throws<BadInputException>(() => BatchBuilder.Pack([Text(1), Text()], new BatchOptions(), 0, false));
        Assert.Equal("text 2", error.Thing);
        Assert.Empty(BatchBuilder.Pack([], new BatchOptions(), 0, false));
    }

    [Fact]
    public void Bounds_below_one_are_bad_usage()
    {
        Assert.Throws<BadUsageException>(() => BatchBuilder.Pack([], new BatchOptions { MaxRows = 0 }, 0, false));
        Assert.Throws<BadUsageException>(() => BatchBuilder.Pack([], new BatchOptions { MaxTokens = 0 }, 0, false));
    }

    [Fact]
    public void Cancelling_stops_the_encoding()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => BatchBuilder.Encode(new WordTokenizer(), [new("a")], 4, null, source.Token));
    }
}
