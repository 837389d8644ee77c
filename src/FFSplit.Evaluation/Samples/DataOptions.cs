using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Samples;

/// <summary>Which texts to take from the user's data.</summary>
/// <remarks>
/// The format follows the name: .jsonl and .ndjson hold an object a line; .tsv is tab-separated in GLUE's manner (a quote is a
/// character like any other); .csv follows RFC 4180 (quoted fields, also over several lines);
/// .parquet holds columns of texts, numbers or truth values; everything else is plain text.
/// A byte order mark is dropped and a line may end in CR LF.
/// A column is named by its header or, in .tsv and .csv, by its position from 0: a whole number is always a position there. Where all
/// columns asked for are positions, the file is taken to have no header and its first row is data (GLUE's CoLA: column 3).
/// </remarks>
public sealed record DataOptions
{
    /// <summary>A file, or a folder whose data files (not those of its subfolders) are read in ordinal order of their names.</summary>
    public required string Path { get; init; }

    /// <summary>Columns whose texts are samples, each column's on their own. Empty: those that
    /// <see cref="WellKnownColumns"/> finds.</summary>
    public IReadOnlyList<string> TextColumns { get; init; } = [];

    /// <summary>The column of the second text of a pair; needs exactly one text column.</summary>
    public string? TextPairColumn { get; init; }

    /// <summary>The column of the label.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>At most so many samples, after <see cref="Distinct"/> and <see cref="Shuffle"/>; null takes all.</summary>
    public int? MaxSamples { get; init; }

    /// <summary>Leaves out samples that were there before, text for text.</summary>
    public bool Distinct { get; init; }

    /// <summary>Puts the samples into an order that <see cref="Seed"/> decides, so that the first few are drawn from everywhere.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>Decides the order that <see cref="Shuffle"/> gives.</summary>
    public int Seed { get; init; }

    /// <summary>Holds the options against each other, before anything is read.</summary>
    /// <exception cref="BadUsageException">Options that contradict each other or lie outside their range.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Path)) throw new BadUsageException("--data takes the path of a file or folder.");
        if (MaxSamples < 1) throw new BadUsageException($"--max-samples takes a number of at least 1, not {MaxSamples}.");
        if (TextPairColumn is not null && TextColumns.Count != 1)
            throw new BadUsageException($"--text-pair needs exactly one --text, not {TextColumns.Count}.");
    }
}
