using FFSplit.Checkpoints.Architectures;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Tasks;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>One of several labels for each text, by cross-entropy.</summary>
/// <param name="padding">How texts become batches.</param>
/// <param name="labels">How many there are: beyond two, F1 is the mean over them.</param>
public sealed class ClassificationObjective(Padding padding, int labels = 2) : IObjective
{
    /// <summary>Its name.</summary>
    public const string TaskName = "classification";

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public int DefaultBatchSize => 32;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics => [("accuracy", true), (labels > 2 ? "macro_f1" : "f1", true), ("matthews", true)];

    /// <inheritdoc/>
    public bool Distribution => true;

    /// <inheritdoc/>
    public IEnumerable<WeightBinding> Used(Architecture architecture) => architecture.Bindings;

    /// <inheritdoc/>
    public TaskBatch Batch(IReadOnlyList<Example> examples, long seed)
        => new(padding.Pack([.. examples.Select(e => e.Text)]), [.. examples.Select(e => e.Target)]);

    /// <inheritdoc/>
    public Tensor Outputs(ModelPass pass, TaskBatch batch)
        => Forward.ClassifierLogits((Head.Classifier)pass.Architecture.Head, pass.Weights, pass.Last, pass.Context);

    /// <inheritdoc/>
    public Tensor Loss(Tensor outputs, TaskBatch batch)
        => nn.functional.cross_entropy(outputs, tensor(Array.ConvertAll(batch.Targets, t => (long)t)), reduction: nn.Reduction.Sum);

    /// <inheritdoc/>
    public IEnumerable<double[]> Remember(Tensor outputs)
        => outputs.argmax(1).data<long>().ToArray().Select(label => new[] { (double)label });

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Judge(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets, double meanLoss)
    {
        int[] truth = [.. targets.Select(t => (int)t)], answers = [.. remembered.Select(r => (int)r[0])];
        // At least two, so that F1's label is there when a tiny validation part shows only one.
        var confusion = new Confusion(truth, answers, Math.Max(2, 1 + truth.Concat(answers).Max()));
        return Metrics.ToDictionary(m => m.Name, m => ClassificationMetrics.Of(m.Name, confusion));
    }
}
