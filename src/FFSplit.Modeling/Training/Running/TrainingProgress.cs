namespace FFSplit.Modeling.Training.Running;

/// <summary>What one step did.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Loss">Mean over the step's outputs, weighted parts together.</param>
/// <param name="LearningRate">Its step size.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Real tokens seen.</param>
/// <param name="Seconds">Time taken.</param>
public sealed record StepReport(int Step, double Loss, double LearningRate, double GradientNorm, long Tokens, double Seconds);

/// <summary>A judgement on the validation part.</summary>
/// <param name="Step">After so many steps.</param>
/// <param name="Metrics">By name; "loss" is among them.</param>
public sealed record Judgement(int Step, IReadOnlyDictionary<string, double> Metrics);

/// <summary>What a run has come to; with weights and moments all that is needed to go on.</summary>
public sealed record TrainingState
{
    /// <summary>Steps taken.</summary>
    public int Step { get; init; }

    /// <summary>The step with the best judgement; 0 for none yet.</summary>
    public int BestStep { get; init; }

    /// <summary>All judgements so far.</summary>
    public IReadOnlyList<Judgement> Judgements { get; init; } = [];

    /// <summary>Judgements since the best one.</summary>
    public int WithoutGain { get; init; }

    /// <summary>Losses of the steps so far.</summary>
    public IReadOnlyList<double> Losses { get; init; } = [];

    /// <summary>Real tokens seen.</summary>
    public long Tokens { get; init; }

    /// <summary>Time taken by steps.</summary>
    public double Seconds { get; init; }
}
