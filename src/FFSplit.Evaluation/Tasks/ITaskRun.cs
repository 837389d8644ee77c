namespace FFSplit.Evaluation.Tasks;

/// <summary>What one model did on one task, sample by sample: enough to compute its metric on any resample of the data and to hold it
/// against another model.</summary>
public interface ITaskRun
{
    /// <summary>The figures on the whole data.</summary>
    EvaluationResult Result { get; }

    /// <summary>How many units a resample is drawn from: samples, windows or texts, in the order of the data.</summary>
    int Units { get; }

    /// <summary>The deciding metric where unit i is taken counts[i] times; all counts 1 give
    /// <see cref="EvaluationResult.Value"/>.</summary>
    /// <param name="counts">One for each unit.</param>
    double Value(ReadOnlySpan<int> counts);

    /// <summary>Whether unit i of both runs is the same piece of data, so that a paired interval means something.</summary>
    bool PairsWith(ITaskRun other);

    /// <summary>Whether the deciding metric of both runs measures the same thing, so that their difference means something.</summary>
    bool ComparesWith(ITaskRun other) => true;

    /// <summary>How near this run's outputs are to those of the first; null where they do not compare (another tokenizer, other
    /// labels).</summary>
    /// <param name="first">The run that was given as <see cref="RunOptions.First"/>.</param>
    Fidelity? Against(ITaskRun first);
}
