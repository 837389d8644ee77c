using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using FFSplit.Modeling.Training.Running;
using FFSplit.Torch.Tests.Helpers;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

/// <summary>The loss of every family reaches every weight that is trained.</summary>
public class GradientsTest
{
    public static TheoryData<string, bool> Cases()
    {
        var data = new TheoryData<string, bool>();
        foreach (var family in Golden.Families)
        {
            data.Add(family, false);
            data.Add(family, true);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_trained_weight_has_a_gradient(string family, bool newHead)
    {
        using var checkpoint = Checkpoint.Open(TestFolders.RequireGolden(family), newHead: newHead ? new NewHead(3) : null);
        foreach (var compute in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16]) Check(checkpoint, compute);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_kind_of_light_part_has_gradients(bool gated)
    {
        using var folder = new TemporaryFolder();
        RandomSplitCheckpoint.Write(folder.Path, gated, Enum.GetValues<LightKind>(), seed: 1);
        using var checkpoint = Checkpoint.Open(folder.Path, newHead: new NewHead(2));
        Check(checkpoint, ScalarType.Float32);
    }

    static void Check(Checkpoint checkpoint, ScalarType compute)
    {
        var architecture = checkpoint.Architecture;
        var objective = Objective(architecture);
        using var weights = new TrainableWeights(checkpoint, compute, [.. objective.Used(architecture)]);
        using var scope = NewDisposeScope();
        // Every id below 12 and every position that the rows reach: a row of a table that no example needs has a gradient of zeros.
        var random = new Random(1);
        Example[] examples = [.. Enumerable.Range(0, 3).Select(i =>
        {
            var text = Text();
            return new Example(text, Text(), Target: i % 2);

            TokenizedText Text()
            {
                int[] ids = [.. Enumerable.Range(0, 6 + i % 2).Select(_ => 2 + random.Next(10))];
                return new TokenizedText(ids, new int[ids.Length]);
            }
        })];
        var batch = objective.Batch(examples, seed: 1);
        using var pass = ModelPass.Run(architecture, weights, batch.Batch, new DropoutSource(architecture.Dropouts.With(0.1), 1));
        objective.Loss(objective.Outputs(pass, batch), batch).backward();
        Assert.NotEmpty(weights.Parameters);
        foreach (var parameter in weights.Parameters)
        {
            using var gradient = parameter.Value.grad;
            Assert.True(gradient is not null, $"{parameter.Name} has no gradient");
            Assert.True(gradient!.isfinite().all().item<bool>(), $"{parameter.Name} has a gradient that is not finite");
            // Softmax does not see what is added to all keys alike.
            if (!IsKeyBias(architecture, parameter.Binding)) Assert.True(gradient.abs().max().item<float>() > 0,
                $"{parameter.Name} has a gradient of zeros");
        }
    }

    static bool IsKeyBias(Architecture architecture, WeightBinding binding)
        => architecture.Blocks.Any(b => b.Attention.Key.Bias == binding);

    static IObjective Objective(Architecture architecture)
    {
        var padding = new Padding(1, WithTypeIds: architecture.Embeddings.TokenTypes is not null);
        return architecture.Head switch
        {
            Head.Classifier => new ClassificationObjective(padding),
            Head.LanguageModel { Causal: true } => new CausalLanguageObjective(padding),
            Head.LanguageModel => new MaskedLanguageObjective(padding, 4, [4], 10),
            _ => new SimilarityObjective(padding, new SentencePooling([PoolingMode.Mean], true), SimilarityLoss.CoSent),
        };
    }
}
