using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Running;
using FFSplit.Torch.Tests.Helpers;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

/// <summary>Training does attention step by step, inference by a fused kernel: both are one function.</summary>
public class StepwiseAttentionTest
{
    public static TheoryData<string> Families() => Golden.Data();

    [Theory]
    [MemberData(nameof(Families))]
    public void Nothing_dropped_it_gives_what_inference_gives(string family)
    {
        using var checkpoint = Checkpoint.Open(TestFolders.RequireGolden(family));
        using var weights = new TrainableWeights(checkpoint, ScalarType.Float32, []);
        using var scope = NewDisposeScope();
        var batch = Golden.Batch(checkpoint.Folder);
        float[] Last(DropoutSource? dropout)
        {
            using var pass = ModelPass.Run(checkpoint.Architecture, weights, batch, dropout);
            // What stands at padding has no meaning.
            return (pass.Last * pass.Context.Mask.unsqueeze(-1)).data<float>().ToArray();
        }
        Golden.Same(Last(null), Last(new DropoutSource(new Dropouts(), 1)));
    }
}
