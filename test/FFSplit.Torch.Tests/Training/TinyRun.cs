using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using FFSplit.Modeling.Training.Running;
using FFSplit.Torch.Tests.Helpers;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

/// <summary>A tiny model with a tiny set to learn: the label is whether a text begins with token 5.</summary>
sealed class TinyRun : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Checkpoint _checkpoint;

    public TinyRun(ScalarType compute = ScalarType.Float32, int examples = 24, int seed = 0, Func<Architecture,
        IEnumerable<WeightBinding>>? trained = null)
    {
        Model = TinyModel.Encoder(_folder.File("model"));
        _checkpoint = Checkpoint.Open(Model, newHead: new NewHead(2));
        Weights = new TrainableWeights(_checkpoint, compute, [.. trained?.Invoke(Architecture) ?? Architecture.Bindings], seed);
        Objective = new ClassificationObjective(new Padding(0, WithTypeIds: true));
        Examples = Make(examples);
    }

    public string Model { get; }

    public Architecture Architecture => _checkpoint.Architecture;

    public Checkpoint Checkpoint => _checkpoint;

    public TrainableWeights Weights { get; }

    public IObjective Objective { get; }

    public IReadOnlyList<Example> Examples { get; }

    public string RunFolder => _folder.File("run");

    public string File(string name) => _folder.File(name);

    public TrainingSetup Setup(int validation = 0, Distillation? teacher = null)
        => new(Architecture, Weights, Objective, [.. Examples.Skip(validation)], [.. Examples.Take(validation)], teacher);

    public float[] Values() => [.. Weights.Parameters.SelectMany(p => p.Value.detach().data<float>().ToArray())];

    public static IReadOnlyList<Example> Make(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            int[] ids = [2, i % 2 == 0 ? 5 : 6, .. Enumerable.Range(0, 2 + random.Next(8)).Select(_ => 7 + random.Next(15)), 3];
            return new Example(new TokenizedText(ids, new int[ids.Length]), Target: i % 2);
        })];
    }

    public void Dispose()
    {
        Weights.Dispose();
        _checkpoint.Dispose();
        _folder.Dispose();
    }
}
