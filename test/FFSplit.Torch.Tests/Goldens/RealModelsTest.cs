using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling;

namespace FFSplit.Torch.Tests.Goldens;

/// <summary>Real pretrained models against what Hugging Face transformers and sentence-transformers give for them.</summary>
public class RealModelsTest
{
    const float Tolerance = 1e-4f;

    [Theory]
    [InlineData("all-MiniLM-L6-v2")]
    [InlineData("all-mpnet-base-v2")]
    [InlineData("opt-6m-novels")]
    public void Outputs_agree_with_the_reference(string name)
    {
        var folder = TestFolders.RequireShared($"models/{name}");
        using var checkpoint = Checkpoint.Open(folder);
        using var reference = new Reference(folder);
        using var model = new TorchModel(checkpoint);
        var output = model.Run(reference.Batch, model.Available & ~ModelOutputs.PoolerOutput);
        reference.Compare("last_hidden_state", output.LastHiddenState, _ => Tolerance);
        reference.Compare("logits", output.Logits, _ => Tolerance);
        reference.Compare("sentence_embedding", output.SentenceEmbedding, _ => Tolerance);
        Assert.True(reference.Find("logits") is not null || reference.Find("sentence_embedding") is not null);
    }
}
