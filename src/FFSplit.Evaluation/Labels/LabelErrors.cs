using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Labels;

/// <summary>What can be wrong between a model's labels and a task's, said in one voice.</summary>
static class LabelErrors
{
    public static BadInputException Number(HeadLabels head, LabelSet labels) =>
        new(head.Model, $"a head for {labels.Labels.Count} labels ({List(labels.Labels.Select(l => l.Name))})",
            head.Outputs == 1 ? "a head with one output (regression)" : $"one for {head.Outputs}", With(head, "Use a model that was trained for this task."));

    public static BadInputException Names(HeadLabels head, IEnumerable<string?> names, LabelSet labels) =>
        new($"id2label of {head.Model}", $"the labels {List(labels.Labels.Select(l => l.Name))}", List(names),
            With(head, $"Say which output is which: --label-map {Example(labels)}, with the right numbers."));

    public static BadInputException Order(HeadLabels head, IEnumerable<string?>? names, LabelSet labels) =>
        new($"id2label of {head.Model}", $"names that say which output is which of {List(labels.Labels.Select(l => l.Name))}",
            $"generic ones ({(names is null ? "none" : List(names))}), which may stand for {string.Join(" or ", Orders(labels))}",
            With(head, "Find out the order with which the model was trained and give it with --label-map."));

    public static string List(IEnumerable<string?> names)
    {
        const int most = 12;
        string[] all = [.. names.Select(n => n ?? "(no name)")];
        return all.Length <= most ? string.Join(", ", all) : $"{string.Join(", ", all.Take(most))} and {all.Length - most} more";
    }

    static string With(HeadLabels head, string remedy) => head.Otherwise.Length == 0 ? remedy : $"{remedy} {head.Otherwise}";

    static string Example(LabelSet labels) => LabelMap.Write(labels.Labels.Select(l => l.Name));

    // The orders that are met with: GLUE's, the alphabet's, and GLUE's from behind (fairseq's for MNLI).
    static IEnumerable<string> Orders(LabelSet labels)
    {
        string[] names = [.. labels.Labels.Select(l => l.Name)];
        string[][] orders = [names, [.. names.Order(StringComparer.Ordinal)], [.. Enumerable.Reverse(names)]];
        return orders.Select(LabelMap.Write).Distinct();
    }
}
