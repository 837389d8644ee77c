using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Modeling.Training.Data;

/// <summary>Turns the user's data into examples.</summary>
/// <param name="Tokenizer">The model's.</param>
/// <param name="MaxLength">Most tokens of a text.</param>
/// <param name="Preparation">What is done to texts first; null for nothing.</param>
public sealed record ExampleReader(ITextTokenizer Tokenizer, int MaxLength, TextPreparation? Preparation)
{
    /// <summary>Texts or pairs, each encoded as one row.</summary>
    /// <param name="samples">The texts.</param>
    /// <param name="targets">One for each; null where the objective needs none.</param>
    /// <param name="progress">Told as texts are encoded.</param>
    /// <param name="cancellation">Stops the encoding.</param>
    public IReadOnlyList<Example> Texts(IReadOnlyList<Sample> samples, IReadOnlyList<double>? targets, IProgress<ProgressReport>? progress,
        CancellationToken cancellation)
        => [.. Encode([.. samples.Select(s => new TextInput(s.Text, s.Pair))], progress, cancellation)
            .Select((t, i) => new Example(t, Target: targets?[i] ?? 0))];

    /// <summary>Pairs whose sentences are encoded on their own.</summary>
    /// <exception cref="BadInputException">A sample without a second sentence.</exception>
    public IReadOnlyList<Example> Pairs(IReadOnlyList<Sample> samples, IReadOnlyList<double> targets, IProgress<ProgressReport>? progress,
        CancellationToken cancellation)
    {
        if (samples.FirstOrDefault(s => string.IsNullOrWhiteSpace(s.Pair)) is { } single)
            throw new BadInputException("The data", "two sentences in each sample", $"only '{single.Text}'",
                "Name the columns with --text and --text-pair.");
        var encoded = Encode([.. samples.Select(s => new TextInput(s.Text)), .. samples.Select(s => new TextInput(s.Pair!))], progress,
            cancellation);
        return [.. samples.Select((_, i) => new Example(encoded[i], encoded[samples.Count + i], targets[i]))];
    }

    /// <summary>Windows of the joined text, side by side.</summary>
    /// <exception cref="BadInputException">Too short a text.</exception>
    public (IReadOnlyList<Example> Examples, IReadOnlyList<string> Notices) Windows(DataOptions data, WindowOptions windows,
        CancellationToken cancellation)
    {
        var joined = SampleReader.ReadText(data, cancellation);
        var cut = TokenWindows.Cut(joined.Text, Tokenizer, windows);
        return ([.. cut.Windows.Select(w => new Example(new TokenizedText(cut.Ids[w.Start..(w.Start + w.Length)], new int[w.Length])))],
            [.. joined.Notices, .. cut.Notices]);
    }

    /// <summary>Sets a part aside: the same for the same examples and seed.</summary>
    /// <exception cref="BadInputException">Too few examples for both parts.</exception>
    public static (IReadOnlyList<Example> Train, IReadOnlyList<Example> Validation) Split(IReadOnlyList<Example> examples, double share,
        int seed, string data)
    {
        var count = share == 0 ? 0 : Math.Max(1, (int)Math.Round(share * examples.Count));
        if (examples.Count <= count)
            throw new BadInputException(data, $"at least {count + 1} examples, {count} of them set aside to judge and the rest to learn from",
                $"{examples.Count}", "Give more data, or a smaller --validation-share (0 sets none aside).");
        var shuffled = examples.ToArray();
        new SeededRandom(Seeds.Of(seed, Seeds.Split)).Shuffle<Example>(shuffled);
        return (shuffled[count..], shuffled[..count]);
    }

    IReadOnlyList<TokenizedText> Encode(TextInput[] inputs, IProgress<ProgressReport>? progress, CancellationToken cancellation)
        => BatchBuilder.Encode(Tokenizer, Preparation is null ? inputs
            : Array.ConvertAll(inputs, t => new TextInput(Preparation.Apply(t.Text), t.Pair is null ? null : Preparation.Apply(t.Pair))),
                MaxLength, progress, cancellation);
}
