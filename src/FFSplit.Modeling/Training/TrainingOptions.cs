using System.Globalization;
using FFSplit.Checkpoints;

namespace FFSplit.Modeling.Training;

/// <summary>How a model is trained. Everything here decides the result, so a run can only be resumed with the same values.</summary>
public sealed record TrainingOptions
{
    /// <summary>Times that the whole training part is seen.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Ends after so many steps of the optimizer, even within an epoch; null for no bound.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>Examples of one forward pass; null for the objective's default (32 texts, 8 windows).</summary>
    public int? BatchSize { get; init; }

    /// <summary>Forward passes of one step; the gradient is that of one batch of all their examples.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>The largest step size, reached after the warm-up.</summary>
    public double LearningRate { get; init; } = 5e-5;

    /// <summary>The course of the step size after the warm-up.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.Linear;

    /// <summary>Part of all steps in which the step size rises from 0.</summary>
    public double WarmUp { get; init; } = 0.06;

    /// <summary>AdamW's decay of matrices and tables, apart from norms and biases.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>The largest norm of the gradient over all parameters; 0 for no bound.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>In place of the config's dropout probabilities; null keeps them.</summary>
    public double? Dropout { get; init; }

    /// <summary>What is trained.</summary>
    public TrainedPart Part { get; init; } = TrainedPart.All;

    /// <summary>The precision of products.</summary>
    public ComputeType Compute { get; init; } = ComputeType.Auto;

    /// <summary>Part of the examples that is set aside and judges; 0 for none (the last weights are kept then).</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>Steps between two judgements; null judges after every epoch.</summary>
    public int? ValidateEvery { get; init; }

    /// <summary>Stops after so many judgements without gain; null never stops early.</summary>
    public int? Patience { get; init; }

    /// <summary>The metric that chooses the best weights; null for the objective's own.</summary>
    public string? Metric { get; init; }

    /// <summary>Weights of the distillation's parts.</summary>
    public DistillationOptions Distillation { get; init; } = new();

    /// <summary>Of the validation part, the order of examples, dropout, masks and a new head.</summary>
    public int Seed { get; init; }

    /// <summary>Checks ranges.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Require(Epochs >= 1, "--epochs", "a number of at least 1", Epochs);
        Require(MaxSteps is null or >= 1, "--max-steps", "a number of at least 1", MaxSteps);
        Require(BatchSize is null or >= 1, "--batch-size", "a number of at least 1", BatchSize);
        Require(Accumulate >= 1, "--accumulate", "a number of at least 1", Accumulate);
        Require(LearningRate is > 0 and < double.PositiveInfinity, "--learning-rate", "a number above 0", LearningRate);
        Require(WarmUp is >= 0 and < 1, "--warm-up", "a part from 0 to below 1", WarmUp);
        Require(WeightDecay is >= 0 and < double.PositiveInfinity, "--weight-decay", "a number of at least 0", WeightDecay);
        Require(ClipNorm is >= 0 and < double.PositiveInfinity, "--clip", "a number of at least 0", ClipNorm);
        Require(Dropout is null or (>= 0 and < 1), "--dropout", "a probability from 0 to below 1", Dropout);
        Require(ValidationShare is >= 0 and < 1, "--validation-share", "a part from 0 to below 1", ValidationShare);
        Require(ValidateEvery is null or >= 1, "--validate-every", "a number of at least 1", ValidateEvery);
        Require(Patience is null or >= 1, "--patience", "a number of at least 1", Patience);
        if (ValidationShare == 0 && (Patience is not null ? "--patience" : ValidateEvery is not null ? "--validate-every"
            : Metric is not null ? "--metric" : null) is { } judged)
            throw new BadUsageException($"{judged}: expected a --validation-share above 0, found 0: nothing judges.");
        Distillation.Validate();
    }

    internal static void Require(bool holds, string option, string expected, object? found)
    {
        if (!holds) throw new BadUsageException(string.Create(CultureInfo.InvariantCulture,
            $"{option}: expected {expected}, found {found}."));
    }
}

/// <summary>How much each part of a distillation counts beside each other. A part of weight 0 is not computed.</summary>
public sealed record DistillationOptions
{
    /// <summary>Of the task's own loss.</summary>
    public double Task { get; init; } = 1;

    /// <summary>Of the difference between the outputs: KL divergence of the teacher's distribution from the student's, times the
    /// temperature squared; where outputs are no distribution, the squared difference.</summary>
    public double Logits { get; init; } = 1;

    /// <summary>Of the blocks' outputs: squared error relative to the teacher's mean square, over real tokens, mean of the
    /// blocks.</summary>
    public double Hidden { get; init; } = 1;

    /// <summary>Both distributions are softened by it.</summary>
    public double Temperature { get; init; } = 2;

    internal void Validate()
    {
        TrainingOptions.Require(Task is >= 0 and < double.PositiveInfinity, "--task-weight", "a number of at least 0", Task);
        TrainingOptions.Require(Logits is >= 0 and < double.PositiveInfinity, "--logits-weight", "a number of at least 0", Logits);
        TrainingOptions.Require(Hidden is >= 0 and < double.PositiveInfinity, "--hidden-weight", "a number of at least 0", Hidden);
        TrainingOptions.Require(Temperature is > 0 and < double.PositiveInfinity, "--temperature", "a number above 0", Temperature);
        if (Task + Logits + Hidden == 0) throw new BadUsageException("--task-weight, --logits-weight and --hidden-weight are all 0: nothing is left to train on.");
    }
}

/// <summary>What training changes.</summary>
public enum TrainedPart
{
    /// <summary>Every weight that the objective uses.</summary>
    All,
    /// <summary>The FFNs' weights, and a new head where there is one.</summary>
    FeedForward,
}
