using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Runtime.Texts;

namespace FFSplit.Runtime;

/// <summary>A token in place of a mask.</summary>
/// <param name="Token">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="Probability">Of all tokens together 1.</param>
public readonly record struct FilledToken(string Token, int Id, float Probability);

/// <summary>Fills masks in texts.</summary>
/// <param name="model">A masked language model; owned by the caller.</param>
/// <exception cref="BadInputException">The model is none, or its tokenizer has no mask token.</exception>
public sealed class MaskFiller(ExportedModel model)
{
    readonly BatchRunner _runner = Checked(model);
    readonly int _mask = MaskToken.Find(model.Folder, model.Tokenizer);

    /// <summary>For every mask of a text, from left to right, the likeliest tokens.</summary>
    /// <param name="text">With at least one mask token.</param>
    /// <param name="count">How many tokens for each.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="BadInputException">No mask in the text, or none within the model's length.</exception>
    public IReadOnlyList<IReadOnlyList<FilledToken>> Fill(string text, int count = 5, CancellationToken cancellation = default)
    {
        var filled = new List<IReadOnlyList<FilledToken>>();
        _runner.Run([new TextInput(text)], ModelOutputs.Logits, (_, batch, row, output) =>
        {
            var width = (int)output.Logits!.Shape[^1];
            for (var t = 0; t < batch.Length; t++)
                if (batch.InputIds[row * batch.Length + t] == _mask)
                    filled.Add(Likeliest(output.Logits.Values.AsSpan((row * batch.Length + t) * width, width), count));
        }, cancellation);
        return filled.Count > 0 ? filled : throw new BadInputException("the text", $"the mask token {model.Tokenizer.Decode([_mask]).Trim()}", "none",
            "Put it where a word is to be found.");
    }

    IReadOnlyList<FilledToken> Likeliest(ReadOnlySpan<float> logits, int count)
    {
        var values = logits.ToArray();
        var largest = values.Max();
        var sum = values.Sum(v => Math.Exp(v - largest));
        return [.. Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(count)
            .Select(i => new FilledToken(model.Tokenizer.Decode([i]).Trim(), i, (float)(Math.Exp(values[i] - largest) / sum)))];
    }

    static BatchRunner Checked(ExportedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Require(ModelOutputs.Logits, "filling masks");
        return model.Model is { IsTokenLevel: true, Generates: false } ? new BatchRunner(model)
            : throw new BadInputException(model.Folder, "a masked language model", "another head", "Export a model that was trained to fill masks.");
    }
}
