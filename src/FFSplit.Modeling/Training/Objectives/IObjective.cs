using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>What a model is trained for. A new objective is one new file.</summary>
public interface IObjective
{
    /// <summary>On the command line.</summary>
    string Name { get; }

    /// <summary>Examples of one forward pass, unless told otherwise.</summary>
    int DefaultBatchSize { get; }

    /// <summary>The metrics of <see cref="Judge"/> besides "loss", with whether more is better; the first chooses the best
    /// weights.</summary>
    IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics { get; }

    /// <summary>Whether outputs are a distribution's logits, so that they compare by KL divergence.</summary>
    bool Distribution { get; }

    /// <summary>Weights that outputs depend on.</summary>
    IEnumerable<WeightBinding> Used(Architecture architecture);

    /// <summary>Pads examples and says what is to be learnt from them.</summary>
    /// <param name="examples">At least one.</param>
    /// <param name="seed">Of random choices.</param>
    TaskBatch Batch(IReadOnlyList<Example> examples, long seed);

    /// <summary>The outputs that count, (count × width), float32.</summary>
    Tensor Outputs(ModelPass pass, TaskBatch batch);

    /// <summary>The sum of the losses of all outputs.</summary>
    Tensor Loss(Tensor outputs, TaskBatch batch);

    /// <summary>Metrics of a judgement, from what <see cref="Remember"/> kept.</summary>
    IReadOnlyDictionary<string, double> Judge(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets, double meanLoss);

    /// <summary>What a judgement needs of a batch's outputs: one array for each.</summary>
    IEnumerable<double[]> Remember(Tensor outputs);
}
