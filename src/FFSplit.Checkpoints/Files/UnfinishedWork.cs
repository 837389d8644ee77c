namespace FFSplit.Checkpoints.Files;

/// <summary>Work that was broken off and can be gone on with: a training, a repair, an experiment.</summary>
public static class UnfinishedWork
{
    /// <summary>Holds the options against those that the work was begun with.</summary>
    /// <param name="what">What it is and where, for the message: "the unfinished run in out.training".</param>
    /// <param name="begun">All that decides its result, by the names of options, as it was kept.</param>
    /// <param name="now">The same as given now; what one side lacks is "none".</param>
    /// <exception cref="BadUsageException">One differs; the message names it.</exception>
    public static void RequireSame(string what, IReadOnlyDictionary<string, string> begun, IReadOnlyDictionary<string, string> now)
    {
        ArgumentNullException.ThrowIfNull(begun);
        ArgumentNullException.ThrowIfNull(now);
        if (Difference(begun, now) is var (name, then, given))
            throw new BadUsageException($"{name}: {what} was begun with {then}, now it is {given}. Give the same as then to go on, another --output, or "
                + "begin again with --restart.");
    }

    /// <summary>The first option that differs, with both values; null for none.</summary>
    public static (string Name, string Then, string Now)? Difference(IReadOnlyDictionary<string, string> begun,
        IReadOnlyDictionary<string, string> now)
    {
        ArgumentNullException.ThrowIfNull(begun);
        ArgumentNullException.ThrowIfNull(now);
        foreach (var name in now.Keys.Union(begun.Keys))
            if (Value(begun, name) is var then && Value(now, name) is var given && then != given) return (name, then, given);
        return null;
    }

    static string Value(IReadOnlyDictionary<string, string> options, string name)
        => options.TryGetValue(name, out var value) && value.Length > 0 ? value : "none";
}
