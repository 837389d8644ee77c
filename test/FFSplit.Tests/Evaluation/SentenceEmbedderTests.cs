using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

public class SentenceEmbedderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void Vectors_come_back_in_the_order_of_the_sentences(int rows)
    {
        // Shorter and longer ones mixed: batches run longest first.
        string[] sentences = ["a", "b b b b", "c c", "d", "e e e", "f f"];
        var model = new FakeModel { Embedding = ids => [ids[1], ids.Length] };
        var embedded = new EvaluatedModel("m", model, new WordTokenizer(), MaxLength: 5);
        var (vectors, tokens) = SentenceEmbedder.Embed(
            embedded, sentences, new BatchOptions { MaxRows = rows }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal([[10, 3], [11, 5], [12, 4], [13, 3], [14, 5], [15, 4]], vectors);
        Assert.Equal(24, tokens);
    }

    [Fact]
    public void A_model_that_breaks_its_contract_is_found_out()
    {
        var model = new FakeModel { Embedding = _ => [1, 2] };
        var embedded = new EvaluatedModel("m", new Halved(model), new WordTokenizer(), MaxLength: 5);
        Assert.Throws<InvalidOperationException>(() =>
            SentenceEmbedder.Embed(embedded, ["a", "b"], new BatchOptions(), cancel: TestContext.Current.CancellationToken));
    }

    sealed class Halved(FakeModel inner) : IBatchModel
    {
        public ModelOutputs Available => inner.Available;

        public ModelOutput Run(Batch batch, ModelOutputs wanted)
        {
            var whole = inner.Run(batch, wanted).SentenceEmbedding!;
            return new ModelOutput { SentenceEmbedding = whole with { Shape = [batch.Rows / 2, 4] } };
        }

        public void Dispose() => inner.Dispose();
    }
}
