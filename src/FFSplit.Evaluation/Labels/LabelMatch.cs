using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Labels;

/// <summary>Finds out which output of a model stands for which label of a task. Guessing is not allowed: the same model scores 4 % or
/// 90 % on MNLI, as its labels are taken in one order or another.</summary>
static class LabelMatch
{
    /// <summary>The output of each label: by --label-map where given; else by the names in id2label; else, where the names are generic
    /// (LABEL_0, or none), by number, if the data itself writes the labels as those numbers.</summary>
    /// <param name="head">With the names that its config gives.</param>
    /// <param name="labels">The task's labels and how they may match.</param>
    /// <param name="map">--label-map, or null.</param>
    /// <exception cref="BadInputException">Another number of labels, names that don't match, generic names without a sure
    /// order.</exception>
    /// <exception cref="BadUsageException">A map that lacks a label, names one that isn't there, or an output that isn't there.</exception>
    public static int[] Find(HeadLabels head, LabelSet labels, IReadOnlyDictionary<string, int>? map)
    {
        var enough = labels.MoreOutputs ? head.Outputs >= labels.Labels.Count : head.Outputs == labels.Labels.Count;
        if (!enough) throw LabelErrors.Number(head, labels);
        if (map is not null) return ByMap(head, labels, map);
        if (ByNames(head, labels) is { } named) return named;

        var names = head.Names is null ? null : Enumerable.Range(0, head.Outputs).Select(head.Names.GetValueOrDefault).ToArray();
        var numbers = names is null
            ? [.. Enumerable.Range(0, head.Outputs)]
            : Array.ConvertAll(names, n => n is null ? null : LabelNames.NumberOf(n));
        if (numbers.Any(n => n is null)) throw LabelErrors.Names(head, names!, labels);
        if (!labels.Numbered) throw LabelErrors.Order(head, names, labels);
        int[] found = [.. labels.Numbers.Select(n => Array.IndexOf(numbers, n))];
        return found.Contains(-1) ? throw LabelErrors.Order(head, names, labels) : found;
    }

    static int[] ByMap(HeadLabels head, LabelSet labels, IReadOnlyDictionary<string, int> map)
    {
        var all = LabelErrors.List(labels.Labels.Select(l => l.Name));
        var found = new int[labels.Labels.Count];
        Array.Fill(found, -1);
        foreach (var (name, index) in map)
        {
            var label = labels.IndexOfName(name);
            if (label < 0) throw new BadUsageException($"--label-map names '{name}', but the labels are {all}.");
            if (index >= head.Outputs)
                throw new BadUsageException(
                    $"--label-map gives {name} the index {index}, but {head.Model} has {head.Outputs} labels (0 to {head.Outputs - 1}).");
            if (found[label] >= 0) throw new BadUsageException($"--label-map names the label '{labels.Labels[label].Name}' twice.");
            found[label] = index;
        }
        var missing = Array.IndexOf(found, -1);
        return missing < 0 ? found
            : throw new BadUsageException($"--label-map lacks the label '{labels.Labels[missing].Name}'; it needs all of {all}.");
    }

    /// <summary>The output of each label by the names in id2label; null where they do not say it.</summary>
    public static int[]? ByNames(HeadLabels head, LabelSet labels)
    {
        if (head.Names is null) return null;
        var found = new int[labels.Labels.Count];
        for (var label = 0; label < found.Length; label++)
        {
            int[] called = [.. Enumerable.Range(0, head.Outputs).Where(i => head.Names.TryGetValue(i, out var name)
                && labels.Labels[label].IsCalled(name))];
            if (called is not [var only]) return null;
            found[label] = only;
        }
        return found.Distinct().Count() == found.Length ? found : null;
    }
}
