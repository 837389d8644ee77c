using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>How the cosine of two sentences is held against their score.</summary>
public enum SimilarityLoss
{
    /// <summary>Squared difference between cosine and score, the score scaled to 0 … 1.</summary>
    MeanSquaredError,
    /// <summary>log(1 + Σ exp(20 (cosⱼ − cosᵢ))) over all pairs of the batch with scoreᵢ above scoreⱼ (Su, "CoSENT",
    /// kexue.fm/archives/8847, 2022): only the order counts.</summary>
    CoSent,
}

/// <summary>Sentence vectors whose cosine follows a score. Both sentences go through the model in one batch, the first ones
/// first.</summary>
/// <param name="padding">How rows are padded.</param>
/// <param name="pooling">How the folder makes a vector of a text.</param>
/// <param name="loss">Which loss.</param>
public sealed class SimilarityObjective(Padding padding, SentencePooling pooling, SimilarityLoss loss) : IObjective
{
    /// <summary>Its name.</summary>
    public const string TaskName = "similarity";

    const double CoSentScale = 20;

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public int DefaultBatchSize => 32;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics => [("spearman", true), ("pearson", true)];

    /// <inheritdoc/>
    public bool Distribution => false;

    /// <inheritdoc/>
    public IEnumerable<WeightBinding> Used(Architecture architecture) => architecture.Bindings.Except(architecture.Head.Bindings);

    /// <inheritdoc/>
    public TaskBatch Batch(IReadOnlyList<Example> examples, long seed)
        => new(padding.Pack([.. examples.Select(e => e.Text), .. examples.Select(e => e.Other!)]), [.. examples.Select(e => e.Target)]);

    /// <summary>Both sentences' vectors side by side, (pairs × 2 · dimension).</summary>
    public Tensor Outputs(ModelPass pass, TaskBatch batch)
        => cat([.. ModelOutputReader.Pool(pooling, pass.Last, pass.Context).chunk(2, 0)], 1);

    /// <inheritdoc/>
    public Tensor Loss(Tensor outputs, TaskBatch batch)
    {
        var cosines = Cosines(outputs);
        var scores = tensor(Array.ConvertAll(batch.Targets, t => (float)t));
        if (loss == SimilarityLoss.MeanSquaredError) return cosines.Minus(scores).square().sum();
        // Element (i, j) holds cosⱼ − cosᵢ; only pairs in which i should lie above j count.
        var above = scores.unsqueeze(1).gt(scores.unsqueeze(0));
        var differences = cosines.unsqueeze(0).Minus(cosines.unsqueeze(1)).Times(CoSentScale)
            .Plus(above.logical_not().to(ScalarType.Float32).Times(-1e9));
        return cat([zeros(1), differences.reshape(-1)]).logsumexp(0).Times(batch.Count);
    }

    /// <inheritdoc/>
    public IEnumerable<double[]> Remember(Tensor outputs)
        => Cosines(outputs).data<float>().ToArray().Select(value => new[] { (double)value });

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Judge(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets, double meanLoss)
        => RegressionObjective.Correlations(remembered, targets);

    static Tensor Cosines(Tensor outputs)
    {
        var sides = outputs.chunk(2, 1);
        return nn.functional.cosine_similarity(sides[0], sides[1], 1);
    }
}
