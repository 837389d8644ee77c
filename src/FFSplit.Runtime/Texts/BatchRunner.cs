using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Runtime.Texts;

/// <summary>Texts to rows of numbers: encodes, packs texts of like lengths together, the longest first, runs, and puts the rows back into the
/// order of the texts.</summary>
sealed class BatchRunner(ExportedModel model)
{
    /// <summary>Runs all texts.</summary>
    /// <param name="inputs">At least one.</param>
    /// <param name="wanted">One output.</param>
    /// <param name="read">Takes a text's number, its batch, its row in it, and the output.</param>
    /// <param name="cancellation">Stops between batches and in the middle of one.</param>
    /// <returns>What went in.</returns>
    /// <exception cref="BadInputException">A text that is too long where that is refused, or without a token.</exception>
    /// <exception cref="BadUsageException">No text at all.</exception>
    public TextUsage Run(IReadOnlyList<TextInput> inputs, ModelOutputs wanted, Action<int, Batch, int, ModelOutput> read,
        CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        if (inputs.Count == 0) throw new BadUsageException("Expected at least one text, found none.");
        var encoded = new TokenizedText[inputs.Count];
        var cut = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var whole = model.Tokenizer.Encode(inputs[i].Text, inputs[i].Pair);
            if (whole.Ids.Length > model.MaxLength)
            {
                if (model.Options.RefuseLongTexts)
                    throw new BadInputException($"text {i + 1}", $"at most {model.MaxLength} tokens", $"{whole.Ids.Length}",
                        "Shorten it, or let it be cut.");
                whole = model.Tokenizer.Encode(inputs[i].Text, inputs[i].Pair, model.MaxLength);
                cut++;
            }
            encoded[i] = whole;
        }
        var tokens = 0L;
        foreach (var (batch, indices) in BatchBuilder.Pack(encoded, model.Options.Batches, model.Tokenizer.PadId, model.Tokenizer.UsesTypeIds))
        {
            cancellation.ThrowIfCancellationRequested();
            var output = model.Model.Run(batch, wanted, cancellation);
            for (var row = 0; row < indices.Length; row++) read(indices[row], batch, row, output);
            tokens += batch.TokenCount;
        }
        var usage = new TextUsage(tokens, cut);
        RuntimeMeter.Answered(model.Name, inputs.Count, usage, Stopwatch.GetElapsedTime(began));
        return usage;
    }

    /// <summary>A row of a matrix.</summary>
    public static float[] Row(DenseArray matrix, int row)
    {
        var width = (int)matrix.Shape[^1];
        return matrix.Values.AsSpan(row * width, width).ToArray();
    }
}
