using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Glue;

/// <summary>The file of one part of a data set, so that the part to train on never judges unnoticed, nor the one that judges trains.</summary>
static class SplitFile
{
    /// <summary>Of a folder the file of that name, else its only table; a file stands for itself.</summary>
    /// <param name="path">A folder or file.</param>
    /// <param name="name">The usual name.</param>
    /// <param name="split">Which part is wanted.</param>
    /// <param name="notices">Gets a sentence that names what was passed over.</param>
    /// <exception cref="Checkpoints.BadInputException">Nothing there, several tables, or one that is another part by its name.</exception>
    public static string Find(string path, string name, GlueSplit split, List<string> notices)
    {
        var files = FindAll(path, name, split, notices);
        return files is [var only] ? only : throw DataErrors.ManyTables(path, name, files.Count);
    }

    /// <summary>Of a folder the file of that name, else all its data files.</summary>
    /// <param name="path">A folder or file.</param>
    /// <param name="name">The usual name.</param>
    /// <param name="split">Which part is wanted.</param>
    /// <param name="notices">Gets a sentence that names what was passed over.</param>
    /// <exception cref="Checkpoints.BadInputException">Nothing there, or a file that is another part by its name.</exception>
    public static IReadOnlyList<string> FindAll(string path, string name, GlueSplit split, List<string> notices)
    {
        var usual = Path.Combine(path, name);
        if (File.Exists(usual)) return [usual];
        var files = DataFiles.Find(path, notices);
        if (Directory.Exists(path) && files.Select(f => Path.GetFileName(f)).FirstOrDefault(f => IsOther(f, split)) is { } other)
            throw DataErrors.OtherSplit(path, name, other);
        return files;
    }

    static bool IsOther(string file, GlueSplit split)
    {
        var words = file.ToLowerInvariant().Split('.', '-', '_');
        return words.Contains("test") || (split == GlueSplit.Dev ? words.Contains("train") : words.Intersect(["dev", "valid", "validation"]).Any());
    }
}
