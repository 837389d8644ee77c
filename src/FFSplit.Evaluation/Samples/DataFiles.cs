namespace FFSplit.Evaluation.Samples;

/// <summary>Finds the data files that a path stands for.</summary>
static class DataFiles
{
    /// <summary>Extensions that are read from a folder, for messages.</summary>
    public const string Known = ".txt, .text, .raw, .tokens, .jsonl, .ndjson, .tsv, .csv, .parquet";

    static readonly string[] s_text = [".txt", ".text", ".raw", ".tokens"];
    static readonly string[] s_tables = [".jsonl", ".ndjson", ".tsv", ".csv", ".parquet"];

    // Files that lie beside data and speak about it.
    static readonly string[] s_about = ["README", "LICENSE", "LICENCE", "NOTICE", "SOURCE", "CITATION"];

    /// <summary>Whether a file has columns.</summary>
    public static bool IsTable(string path) => HasExtension(path, s_tables);

    /// <summary>The file itself, or a folder's data files in ordinal order of their names. Hidden files, files about the data
    /// (README, LICENSE, SOURCE, …) and unknown extensions are passed over, and so is plain text beside tables: it is a description
    /// there more often than data.</summary>
    /// <param name="path">A file or folder.</param>
    /// <param name="notices">Gets a sentence that names what was passed over.</param>
    /// <exception cref="Checkpoints.BadInputException">Nothing there, or a folder without data files.</exception>
    public static IReadOnlyList<string> Find(string path, List<string> notices)
    {
        if (File.Exists(path)) return [path];
        if (!Directory.Exists(path)) throw DataErrors.Missing(path);

        var names = NamesIn(path);
        var data = names.Where(n => !IsAbout(n)).ToList();
        var taken = data.Where(IsTable).ToList();
        if (taken.Count == 0) taken = [.. data.Where(n => HasExtension(n, s_text))];
        if (taken.Count == 0) throw DataErrors.EmptyFolder(path);

        var passed = names.Except(taken).ToList();
        if (passed.Count > 0) notices.Add($"In {path} these files were passed over: {string.Join(", ", passed)}.");
        return [.. taken.Select(n => Path.Combine(path, n))];
    }

    static List<string> NamesIn(string folder)
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder).Select(f => Path.GetFileName(f))
                .Where(n => !n.StartsWith('.')).Order(StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable(folder, e);
        }
    }

    static bool IsAbout(string name) => s_about.Contains(Path.GetFileNameWithoutExtension(name), StringComparer.OrdinalIgnoreCase);

    static bool HasExtension(string path, string[] extensions) =>
        extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
