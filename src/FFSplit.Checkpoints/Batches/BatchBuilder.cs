using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Checkpoints.Batches;

/// <summary>Encodes texts and packs them into padded batches of like lengths. The same texts always give the same batches.</summary>
public static class BatchBuilder
{
    const int ProgressEvery = 256;

    /// <summary>Encodes each text with its special tokens, cut to a length.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="inputs">The texts.</param>
    /// <param name="maxLength">Most tokens of a row, special tokens included; see <see cref="MaxLengthRule"/>.</param>
    /// <param name="progress">Told every few hundred texts.</param>
    /// <param name="cancel">Looked at before each text.</param>
    public static IReadOnlyList<TokenizedText> Encode(
        ITextTokenizer tokenizer,
        IReadOnlyList<TextInput> inputs,
        int maxLength,
        IProgress<ProgressReport>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(inputs);
        var encoded = new TokenizedText[inputs.Count];
        for (var i = 0; i < encoded.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            encoded[i] = tokenizer.Encode(inputs[i].Text, inputs[i].Pair, maxLength);
            if ((i + 1) % ProgressEvery == 0 || i + 1 == encoded.Length)
                progress?.Report(new ProgressReport("encoding texts", i + 1, encoded.Length));
        }
        return encoded;
    }

    /// <summary>Encodes the texts and packs them: <see cref="Encode"/>, then <see cref="Pack"/>.</summary>
    /// <exception cref="BadInputException">A text without a single token.</exception>
    /// <exception cref="BadUsageException">Bounds below 1.</exception>
    public static IReadOnlyList<IndexedBatch> Build(
        ITextTokenizer tokenizer,
        IReadOnlyList<TextInput> inputs,
        int maxLength,
        BatchOptions? options = null,
        IProgress<ProgressReport>? progress = null,
        CancellationToken cancel = default)
    {
        var encoded = Encode(tokenizer, inputs, maxLength, progress, cancel);
        return Pack(encoded, options ?? new BatchOptions(), tokenizer.PadId, tokenizer.UsesTypeIds);
    }

    /// <summary>Sorts rows by length, longest first (the peak of memory comes at once, not after an hour), equal ones in the
    /// order given, and fills batches until a bound is met. Padding is on the right.</summary>
    /// <param name="texts">Encoded rows of at least one token each.</param>
    /// <param name="options">Bounds of a batch.</param>
    /// <param name="padId">The id at padding; 0 where the tokenizer names none, which is harmless: the mask is 0 there.</param>
    /// <param name="withTypeIds">Whether the model takes token type ids; they are 0 at padding.</param>
    /// <exception cref="BadInputException">A text without a single token.</exception>
    /// <exception cref="BadUsageException">Bounds below 1.</exception>
    public static IReadOnlyList<IndexedBatch> Pack(IReadOnlyList<TokenizedText> texts, BatchOptions options, int? padId, bool withTypeIds)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var order = new int[texts.Count];
        for (var i = 0; i < order.Length; i++)
        {
            if (texts[i].Ids.Length == 0) throw NoTokens(i);
            order[i] = i;
        }
        Array.Sort(order, (a, b) =>
        {
            var byLength = texts[b].Ids.Length.CompareTo(texts[a].Ids.Length);
            return byLength != 0 ? byLength : a.CompareTo(b);
        });

        var batches = new List<IndexedBatch>();
        for (var first = 0; first < order.Length;)
        {
            // The first row of a batch is its longest, so its length is the padded length of all.
            var length = texts[order[first]].Ids.Length;
            var rows = Math.Clamp(options.MaxTokens / length, 1, options.MaxRows);
            rows = Math.Min(rows, order.Length - first);
            batches.Add(Pad(texts, order.AsSpan(first, rows).ToArray(), length, padId ?? 0, withTypeIds));
            first += rows;
        }
        return batches;
    }

    static IndexedBatch Pad(IReadOnlyList<TokenizedText> texts, int[] indices, int length, int padId, bool withTypeIds)
    {
        var cells = checked(indices.Length * length);
        var ids = new long[cells];
        var mask = new long[cells];
        var types = withTypeIds ? new long[cells] : null;
        Array.Fill(ids, padId);
        for (var row = 0; row < indices.Length; row++)
        {
            var text = texts[indices[row]];
            for (var t = 0; t < text.Ids.Length; t++)
            {
                ids[row * length + t] = text.Ids[t];
                mask[row * length + t] = 1;
                if (types is not null) types[row * length + t] = text.TypeIds[t];
            }
        }
        return new IndexedBatch(new Batch(indices.Length, length, ids, mask, types), indices);
    }

    static BadInputException NoTokens(int index) => new(
        $"text {index + 1}", "at least one token", "none (the text is empty and the tokenizer adds no special tokens)",
        "Leave empty texts out of the data.");
}
