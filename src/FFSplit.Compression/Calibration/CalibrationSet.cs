using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Compression.Calibration;

/// <summary>Encoded calibration text.</summary>
/// <param name="Batches">Padded batches.</param>
/// <param name="HeldOut">For each batch and row, whether it belongs to the last fifth of the tokens in the order of the samples (windows: of the
/// text), which repair chooses by and never fits.</param>
/// <param name="Description">The data in words, for reports and plans.</param>
/// <param name="Generic">Whether it is the built-in text.</param>
/// <param name="Notices">What the user should know.</param>
public sealed record CalibrationSet(IReadOnlyList<Batch> Batches, IReadOnlyList<bool[]> HeldOut, string Description, bool Generic, IReadOnlyList<string> Notices)
{
    const double HeldOutShare = 0.2;
    const string BuiltIn = "FFSplit.Compression.generic.txt";

    /// <summary>Real tokens.</summary>
    public long Tokens { get; } = Batches.Sum(b => b.TokenCount);

    /// <summary>The real tokens of a batch, as positions in (rows · length), ascending.</summary>
    /// <param name="batch">Its index.</param>
    /// <param name="heldOut">Those that judge, or those that are fitted.</param>
    internal long[] TokensOf(int batch, bool heldOut)
    {
        var (tokens, rows) = (Batches[batch], HeldOut[batch]);
        return [.. Enumerable.Range(0, tokens.Rows * tokens.Length)
            .Where(i => tokens.AttentionMask[i] != 0 && rows[i / tokens.Length] == heldOut).Select(i => (long)i)];
    }

    /// <summary>Reads, chooses, encodes and packs: samples for encoders, windows of the joined text for causal models.</summary>
    /// <exception cref="BadInputException">Unusable data.</exception>
    /// <exception cref="BadUsageException">A context or length beyond the model's positions.</exception>
    public static CalibrationSet Load(Checkpoint checkpoint, ITextTokenizer tokenizer, CalibrationOptions options,
        IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        return checkpoint.Architecture.Causal
            ? Windows(checkpoint, tokenizer, options, cancellation)
            : Samples(checkpoint, tokenizer, options, progress, cancellation);
    }

    static CalibrationSet Windows(Checkpoint checkpoint, ITextTokenizer tokenizer, CalibrationOptions options, CancellationToken cancellation)
    {
        var positions = checkpoint.Architecture.MaximumLength;
        if (options.Windows.Context > positions)
            throw new BadUsageException($"--context {options.Windows.Context} is beyond the {positions} positions that this model has.");
        var joined = options.Data is null ? new JoinedText(BuiltInText(), [], []) : SampleReader.ReadText(options.Data, cancellation);
        var cut = TokenWindows.Cut(joined.Text, tokenizer, options.Windows with { MaxTokens = Math.Max(options.MaxTokens, options.Windows.Context) });
        var texts = cut.Windows.Select(w =>
        {
            var ids = cut.Ids[w.Start..(w.Start + w.Length)];
            return new TokenizedText(ids, new int[ids.Length]);
        }).ToArray();
        var (batches, heldOut) = Pack(texts, options, tokenizer.PadId, withTypeIds: false);
        var description = string.Create(CultureInfo.InvariantCulture, $"{Source(options)}, {texts.Length} windows of {options.Windows.Context} tokens");
        string[] passedOver = options.Data?.MaxSamples is null ? []
            : ["--max-samples plays no part: a causal model is calibrated on windows of the joined text. Give --windows."];
        return new CalibrationSet(batches, heldOut, description, options.Data is null,
            [.. GenericNotices(options), .. passedOver, .. joined.Notices, .. cut.Notices]);
    }

    static CalibrationSet Samples(Checkpoint checkpoint, ITextTokenizer tokenizer, CalibrationOptions options,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var notices = GenericNotices(options);
        if (options.Windows.Windows is not null)
            notices.Add("--windows plays no part: an encoder is calibrated on single texts. Give --max-samples.");
        IReadOnlyList<Sample> samples;
        if (options.Data is { } data)
        {
            var read = SampleReader.Read(data with { Seed = options.Seed, Distinct = true, Shuffle = true }, cancellation);
            notices.AddRange(read.Notices);
            samples = read.Samples;
        }
        else
            samples = [.. BuiltInText().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => new Sample(line))];
        var pooling = checkpoint.Pooling;
        var preparation = TextPreparation.Of(pooling);
        var length = MaxLengthRule.Choose(options.MaxLength, pooling?.MaxLength, tokenizer.ModelMaxLength, checkpoint.Architecture.MaximumLength);
        var inputs = samples.Select(s => new TextInput(preparation?.Apply(s.Text) ?? s.Text, s.Pair is null ? null : preparation?.Apply(s.Pair) ?? s.Pair)).ToArray();
        var encoded = BatchBuilder.Encode(tokenizer, inputs, length, progress, cancellation);
        var (kept, notice) = TokenBudget.Take(encoded, options.MaxTokens);
        if (notice is not null) notices.Add(notice);
        var (batches, heldOut) = Pack(kept, options, tokenizer.PadId, tokenizer.UsesTypeIds);
        var description = string.Create(CultureInfo.InvariantCulture, $"{Source(options)}, {kept.Count} samples, seed {options.Seed}");
        return new CalibrationSet(batches, heldOut, description, options.Data is null, notices);
    }

    // Batches are sorted by length, so what is held out is decided before, in the order of the samples.
    static (Batch[] Batches, bool[][] HeldOut) Pack(IReadOnlyList<TokenizedText> texts, CalibrationOptions options, int? padId, bool withTypeIds)
    {
        var total = texts.Sum(t => (long)t.Ids.Length);
        var before = 0L;
        var late = new bool[texts.Count];
        for (var i = 0; i < texts.Count; before += texts[i++].Ids.Length) late[i] = i > 0 && (before >= total * (1 - HeldOutShare) || i == texts.Count - 1);
        var batches = BatchBuilder.Pack(texts, options.Batches, padId, withTypeIds);
        return ([.. batches.Select(b => b.Batch)], [.. batches.Select(b => b.Indices.Select(i => late[i]).ToArray())]);
    }

    static List<string> GenericNotices(CalibrationOptions options)
        => options.Data is null ? ["No --data was given: a small built-in English text is used, which is generic. Give text of your own task for figures to rely on."] : [];

    static string Source(CalibrationOptions options) => options.Data is not { } data ? "built-in text"
        : Name(data.Path) + (data.TextColumns.Count == 0 ? "" : $" ({string.Join(", ", data.TextColumns)})");

    // With its folder: half of all data sets have a train.tsv.
    static string Name(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        return Path.GetFileName(Path.GetDirectoryName(full)) is { Length: > 0 } parent ? $"{parent}/{Path.GetFileName(full)}" : Path.GetFileName(full);
    }

    static string BuiltInText()
    {
        using var stream = typeof(CalibrationSet).Assembly.GetManifestResourceStream(BuiltIn)
            ?? throw new InvalidOperationException($"The resource {BuiltIn} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
