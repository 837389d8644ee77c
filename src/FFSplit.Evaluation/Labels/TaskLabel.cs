namespace FFSplit.Evaluation.Labels;

/// <summary>A label of a task.</summary>
/// <param name="Name">As the data or its authors call it.</param>
/// <param name="OtherNames">What models' configs call it besides. Case, spaces, hyphens and underscores make no difference.</param>
public sealed record TaskLabel(string Name, params IReadOnlyList<string> OtherNames)
{
    /// <summary>Whether somebody's name for a label means this one.</summary>
    public bool IsCalled(string name) => LabelNames.Same(name, Name) || OtherNames.Any(other => LabelNames.Same(name, other));
}
