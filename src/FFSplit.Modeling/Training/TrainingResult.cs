using FFSplit.Modeling.Training.Running;

namespace FFSplit.Modeling.Training;

/// <summary>What a run came to.</summary>
public sealed record TrainingResult
{
    /// <summary>The objective's name.</summary>
    public required string Objective { get; init; }

    /// <summary>Steps of the optimizer, those before a resumption included.</summary>
    public required int Steps { get; init; }

    /// <summary>The step at which the run was taken up; 0 for none.</summary>
    public required int ResumedAt { get; init; }

    /// <summary>Times that the training part was seen.</summary>
    public required double Epochs { get; init; }

    /// <summary>Whether patience ran out.</summary>
    public required bool StoppedEarly { get; init; }

    /// <summary>The metric that chose the best weights; null without validation.</summary>
    public required string? Metric { get; init; }

    /// <summary>The step whose weights were kept; 0 without validation, which keeps the last.</summary>
    public required int BestStep { get; init; }

    /// <summary>Its metrics on the validation part.</summary>
    public required IReadOnlyDictionary<string, double>? Best { get; init; }

    /// <summary>All judgements.</summary>
    public required IReadOnlyList<Judgement> Judgements { get; init; }

    /// <summary>The loss of each step.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>Parameters that were trained.</summary>
    public required long TrainedParameters { get; init; }

    /// <summary>Examples learnt from.</summary>
    public required int TrainExamples { get; init; }

    /// <summary>Examples set aside.</summary>
    public required int ValidationExamples { get; init; }

    /// <summary>Real tokens seen.</summary>
    public required long Tokens { get; init; }

    /// <summary>Real tokens a second of the steps, without validation and checkpoints.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Time of the steps.</summary>
    public required double Seconds { get; init; }

    /// <summary>The most physical memory that the process has held.</summary>
    public required long PeakMemoryBytes { get; init; }
}
