namespace FFSplit.Evaluation.Glue;

/// <summary>A part of a task's data.</summary>
public enum GlueSplit
{
    /// <summary>The part that judges.</summary>
    Dev,
    /// <summary>The part to train on.</summary>
    Train,
}
