namespace FFSplit.Evaluation.Labels;

/// <summary>The labels of a data set.</summary>
/// <param name="Labels">At least two, in the task's order: an index into them is what a sample carries.</param>
public sealed record LabelSet(IReadOnlyList<TaskLabel> Labels)
{
    /// <summary>Whether the data writes its labels as the numbers <see cref="Numbers"/>, so that LABEL_n of a model can only mean
    /// n.</summary>
    public bool Numbered { get; init; }

    /// <summary>Whether a model may know more labels than the data shows.</summary>
    public bool MoreOutputs { get; init; }

    /// <summary>The number of each label where they are <see cref="Numbered"/>; their positions unless told otherwise.</summary>
    public IReadOnlyList<int> Numbers { get; init; } = [.. Enumerable.Range(0, Labels.Count)];

    /// <summary>The position of the label that somebody calls so; −1 for none.</summary>
    public int IndexOfName(string name)
    {
        for (var i = 0; i < Labels.Count; i++)
            if (Labels[i].IsCalled(name)) return i;
        return -1;
    }
}
