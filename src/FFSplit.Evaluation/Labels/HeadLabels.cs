namespace FFSplit.Evaluation.Labels;

/// <summary>A classifier's outputs and what its folder calls them.</summary>
/// <param name="Model">The model's name, for messages.</param>
/// <param name="Outputs">How many logits its head gives.</param>
/// <param name="Names">id2label of config.json; null where the config gives none.</param>
public sealed record HeadLabels(string Model, int Outputs, IReadOnlyDictionary<int, string>? Names)
{
    /// <summary>What else a user can do whose model and data do not fit, a sentence; empty for nothing.</summary>
    public string Otherwise { get; init; } = "";

    /// <summary>A name for every output: the config's, else the one that transformers makes up.</summary>
    public IReadOnlyList<string> All => [.. Enumerable.Range(0, Outputs).Select(i => Names?.GetValueOrDefault(i) ?? $"LABEL_{i}")];

    /// <summary>The output of each label of a task; never guessed.</summary>
    /// <param name="labels">The task's labels and how they may match.</param>
    /// <param name="map">--label-map; null where the names say it.</param>
    /// <exception cref="Checkpoints.BadInputException">Another number of labels, names that don't match, generic names without a sure
    /// order.</exception>
    /// <exception cref="Checkpoints.BadUsageException">A map that lacks a label, names one that isn't there, or an output that isn't
    /// there.</exception>
    public int[] Match(LabelSet labels, IReadOnlyDictionary<string, int>? map) => LabelMatch.Find(this, labels, map);

    /// <summary>Tells where a map says otherwise than the names in id2label, which alone would have been enough; else null.</summary>
    /// <param name="labels">The task's labels and how they may match.</param>
    /// <param name="map">--label-map; null for none.</param>
    public string? Contradiction(LabelSet labels, IReadOnlyDictionary<string, int>? map)
    {
        if (map is null || LabelMatch.ByNames(this, labels) is not { } named || LabelMatch.Find(this, labels, map).SequenceEqual(named)) return null;
        var own = string.Join(",", labels.Labels.Select((label, i) => $"{label.Name}={named[i]}"));
        return $"--label-map is followed, against what {Model} itself says: {own}.";
    }
}
