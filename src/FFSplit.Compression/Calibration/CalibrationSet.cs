using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Compression.Calibration;

/// <summary>Encoded calibration text.</summary>
/// <param name="Batches">Padded batches.</param>
/// <param name="Description">The data in words, for reports and plans.</param>
/// <param name="Generic">Whether it is the built-in text.</param>
/// <param name="Notices">What the user should know.</param>
public sealed record CalibrationSet(IReadOnlyList<Batch> Batches, string Description, bool Generic, IReadOnlyList<string> Notices)
{
    const string BuiltIn = "FFSplit.Compression.generic.txt";

    /// <summary>Real tokens.</summary>
    public long Tokens { get; } = Batches.Sum(b => b.TokenCount);

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
        var batches = BatchBuilder.Pack(texts, options.Batches, tokenizer.PadId, withTypeIds: false).Select(b => b.Batch).ToArray();
        var description = string.Create(CultureInfo.InvariantCulture, $"{Source(options)}, {texts.Length} windows of {options.Windows.Context} tokens");
        return new CalibrationSet(batches, description, options.Data is null, [.. GenericNotices(options), .. joined.Notices, .. cut.Notices]);
    }

    static CalibrationSet Samples(Checkpoint checkpoint, ITextTokenizer tokenizer, CalibrationOptions options,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var notices = GenericNotices(options);
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
        var preparation = pooling is null ? null : new TextPreparation(pooling.Prompt, pooling.LowerCase);
        var length = MaxLengthRule.Choose(options.MaxLength, pooling?.MaxLength, tokenizer.ModelMaxLength, checkpoint.Architecture.MaximumLength);
        var inputs = samples.Select(s => new TextInput(preparation?.Apply(s.Text) ?? s.Text, s.Pair is null ? null : preparation?.Apply(s.Pair) ?? s.Pair)).ToArray();
        var encoded = BatchBuilder.Encode(tokenizer, inputs, length, progress, cancellation);
        var (kept, notice) = TokenBudget.Take(encoded, options.MaxTokens);
        if (notice is not null) notices.Add(notice);
        var batches = BatchBuilder.Pack(kept, options.Batches, tokenizer.PadId, tokenizer.UsesTypeIds).Select(b => b.Batch).ToArray();
        var description = string.Create(CultureInfo.InvariantCulture, $"{Source(options)}, {kept.Count} samples, seed {options.Seed}");
        return new CalibrationSet(batches, description, options.Data is null, notices);
    }

    static List<string> GenericNotices(CalibrationOptions options)
        => options.Data is null ? ["No --data was given: a small built-in English text is used, which is generic. Give text of your own task for figures to rely on."] : [];

    static string Source(CalibrationOptions options) => options.Data is not { } data ? "built-in text"
        : Path.GetFileName(Path.TrimEndingDirectorySeparator(data.Path)) + (data.TextColumns.Count == 0 ? "" : $" ({string.Join(", ", data.TextColumns)})");

    static string BuiltInText()
    {
        using var stream = typeof(CalibrationSet).Assembly.GetManifestResourceStream(BuiltIn)
            ?? throw new InvalidOperationException($"The resource {BuiltIn} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
