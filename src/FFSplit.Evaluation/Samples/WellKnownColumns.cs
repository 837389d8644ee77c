namespace FFSplit.Evaluation.Samples;

/// <summary>Which columns are taken where the user names none.</summary>
public static class WellKnownColumns
{
    static readonly string[][] s_pairs =
    [
        ["sentence1", "sentence2"], ["question1", "question2"], ["#1 String", "#2 String"],
        ["question", "sentence"], ["premise", "hypothesis"],
    ];

    static readonly string[] s_singles = ["sentence", "text", "content", "document", "review"];

    /// <summary>
    /// The first that the table has, without regard to case: both of sentence1 and sentence2, question1 and question2,
    /// #1 String and #2 String, question and sentence, premise and hypothesis (as samples of their own); one of sentence, text,
    /// content, document, review; the only column of a table that has one. Null where none of these holds.
    /// </summary>
    /// <param name="columns">The table's columns.</param>
    public static IReadOnlyList<string>? Choose(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        foreach (var pair in s_pairs)
            if (Find(columns, pair[0]) is { } first && Find(columns, pair[1]) is { } second)
                return [first, second];
        foreach (var single in s_singles)
            if (Find(columns, single) is { } name)
                return [name];
        return columns.Count == 1 ? [columns[0]] : null;
    }

    static string? Find(IReadOnlyList<string> columns, string name) =>
        columns.FirstOrDefault(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase));
}
