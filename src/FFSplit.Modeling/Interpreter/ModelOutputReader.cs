using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>Turns the last hidden states into what the caller wants, as arrays.</summary>
static class ModelOutputReader
{
    // Vocabulary logits are made for so many elements at a time: 256 tokens of a vocabulary of 50,000 and more.
    const long LogitsPerChunk = 16 << 20;

    public static ModelOutput Read(
        Architecture architecture, SentencePooling? pooling, IWeightSource weights, Tensor last, ForwardContext context, ModelOutputs wanted)
        => new()
        {
            LastHiddenState = wanted.HasFlag(ModelOutputs.LastHiddenState) ? ToArray(last) : null,
            Logits = !wanted.HasFlag(ModelOutputs.Logits) ? null : architecture.Head switch
            {
                Head.LanguageModel head => ToArray(Forward.LanguageModelLogits(head, weights, last)),
                Head.Classifier head => ToArray(Forward.ClassifierLogits(head, weights, last, context)),
                _ => null,
            },
            PoolerOutput = wanted.HasFlag(ModelOutputs.PoolerOutput) && architecture.Head is Head.Bare { Pooler: { } pooler }
                ? ToArray(Forward.Step(pooler, weights, last.select(1, 0))) : null,
            SentenceEmbedding = wanted.HasFlag(ModelOutputs.SentenceEmbedding) && pooling is not null ? ToArray(Pool(pooling, last, context)) : null,
            NextTokenLogProbabilities = wanted.HasFlag(ModelOutputs.NextTokenLogProbabilities) && architecture.Head is Head.LanguageModel { Causal: true } model
                ? NextTokens(model, weights, last, context) : null,
        };

    internal static Tensor Pool(SentencePooling pooling, Tensor last, ForwardContext context)
    {
        var mask = context.Mask.to(ScalarType.Float32).unsqueeze(-1);
        var parts = pooling.Modes.Select(mode => mode switch
        {
            PoolingMode.Cls => last.select(1, 0),
            PoolingMode.Max => last.Plus(mask.Times(-1).Plus(1).Times(-1e9)).amax(1),
            PoolingMode.Mean => (last * mask).sum(1) / mask.sum(1).AtLeast(1e-9),
            _ => throw new ArgumentOutOfRangeException(nameof(pooling), mode, "The torch interpreter has no such pooling."),
        }).ToArray();
        var vector = parts.Length == 1 ? parts[0] : cat(parts, -1);
        return pooling.Normalize ? nn.functional.normalize(vector, 2, 1) : vector;
    }

    static DenseArray NextTokens(Head.LanguageModel head, IWeightSource weights, Tensor last, ForwardContext context)
    {
        var (rows, length) = (context.Batch.Rows, context.Batch.Length);
        var result = new float[rows * (length - 1)];
        var step = (int)Math.Max(1, LogitsPerChunk / head.Decoder.Out);
        for (var row = 0; row < rows; row++)
            for (var start = 0; start < length - 1; start += step)
            {
                using var scope = NewDisposeScope();
                var count = Math.Min(step, length - 1 - start);
                var logits = Forward.LanguageModelLogits(head, weights, last[row].narrow(0, start, count));
                var next = context.InputIds[row].narrow(0, start + 1, count).unsqueeze(1);
                var chosen = logits.gather(1, next).squeeze(1).Minus(logits.logsumexp(1)).contiguous();
                chosen.data<float>().CopyTo(result.AsSpan(row * (length - 1) + start, count));
            }
        return new DenseArray([rows, length - 1], result);
    }

    static DenseArray ToArray(Tensor tensor) => new(tensor.shape, tensor.contiguous().data<float>().ToArray());
}
