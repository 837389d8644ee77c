using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Runs a classification or regression head on samples and puts its outputs back into their order.</summary>
static class HeadOutputs
{
    /// <summary>The logits of each sample, all of one length of at least 1, and the tokens that the model was run on.</summary>
    /// <param name="model">With such a head.</param>
    /// <param name="task">For messages.</param>
    /// <param name="samples">At least one.</param>
    /// <param name="batches">Bounds of a batch.</param>
    /// <param name="check">Told the number of outputs after the first batch, so that what is wrong with them is said before the rest has
    /// run.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancel">Looked at before every batch.</param>
    /// <exception cref="BadInputException">A model without such a head.</exception>
    public static (float[][] Logits, long Tokens) Run(EvaluatedModel model, string task, IReadOnlyList<Sample> samples,
        BatchOptions batches, Action<int> check, IProgress<ProgressReport>? progress, CancellationToken cancel)
    {
        Require(model.Name, task, model.Model.Available);
        TextInput[] inputs = [.. samples.Select(s => new TextInput(s.Text, s.Pair))];
        var logits = new float[inputs.Length][];
        long tokens = 0, done = 0;
        foreach (var (batch, indices) in BatchBuilder.Build(model.Tokenizer, inputs, model.MaxLength, batches, progress, cancel))
        {
            cancel.ThrowIfCancellationRequested();
            var output = model.Model.Run(batch, ModelOutputs.Logits).Logits;
            // Logits at every token are those of a masked language model.
            if (output is { Shape.Count: 3 }) throw TaskErrors.NoHead(model.Name, task, model.Model.Available);
            if (output is not { Shape: [var rows, var width] } || rows != batch.Rows)
                throw TaskErrors.Shape(model, nameof(ModelOutput.Logits), $"{batch.Rows}, labels", output);
            if (done == 0) check((int)width);
            for (var row = 0; row < indices.Length; row++)
                logits[indices[row]] = output.Values.AsSpan(row * (int)width, (int)width).ToArray();
            tokens += batch.TokenCount;
            done += batch.Rows;
            progress?.Report(new ProgressReport("judging samples", done, inputs.Length));
        }
        return (logits, tokens);
    }

    /// <summary>Refuses what is no such head, as far as a model's outputs tell.</summary>
    public static void Require(string model, string task, ModelOutputs available)
    {
        if (!available.HasFlag(ModelOutputs.Logits) || available.HasFlag(ModelOutputs.NextTokenLogProbabilities))
            throw TaskErrors.NoHead(model, task, available);
    }
}
