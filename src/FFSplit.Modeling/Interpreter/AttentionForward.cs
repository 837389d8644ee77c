using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>Multi-head self-attention on libtorch's fused kernel, step by step where its weights are dropped.</summary>
static class AttentionForward
{
    // libtorch has no fused kernel that drops, and the backward pass of the one that it has is slower than single steps (in bfloat16 by a quarter of a
    // whole training step); but at some length the scores of all heads would take too much memory.
    const int LongestStepwise = 512;

    public static Tensor Run(Attention attention, IWeightSource weights, Tensor x, ForwardContext context)
    {
        var (rows, length) = (x.shape[0], x.shape[1]);
        var query = Heads(attention.Query, attention.Heads);
        var key = Heads(attention.Key, attention.KeyValueHeads);
        var value = Heads(attention.Value, attention.KeyValueHeads);
        if (attention.Rotary is { } rotary)
        {
            query = Rotate(query, rotary, context);
            key = Rotate(key, rotary, context);
        }
        var group = attention.Heads / attention.KeyValueHeads;
        if (group > 1)
        {
            key = key.repeat_interleave(group, 1);
            value = value.repeat_interleave(group, 1);
        }
        var stepwise = context.Dropout is { } training && (training.Places.AttentionWeights > 0 || length <= LongestStepwise);
        var mixed = stepwise ? Stepwise(attention, query, key, value, context, context.Dropout!) : Fused(attention, query, key, value, context);
        return Forward.Linear(attention.Output, weights, mixed.transpose(1, 2).reshape(rows, length, attention.Heads * attention.HeadSize));

        Tensor Heads(Linear linear, int heads) => Forward.Linear(linear, weights, x).view(rows, length, heads, attention.HeadSize).transpose(1, 2);
    }

    static Tensor Fused(Attention attention, Tensor query, Tensor key, Tensor value, ForwardContext context)
    {
        // The kernel divides by √(head size) and takes no scale of its own.
        var factor = attention.ScoreScale * Math.Sqrt(attention.HeadSize);
        if (Math.Abs(factor - 1) > 1e-12) query = query.Times(factor);
        var bias = context.ScoreBias(attention, kernelMasks: true, out var causal);
        // The kernel keeps its softmax in float32 whatever the type of its operands is.
        if (bias is not null && bias.dtype != query.dtype) bias = bias.to(query.dtype);
        return nn.functional.scaled_dot_product_attention(query, key, value, bias, 0, causal);
    }

    static Tensor Stepwise(Attention attention, Tensor query, Tensor key, Tensor value, ForwardContext context, DropoutSource dropout)
    {
        var scores = Forward.Single(query.Times(attention.ScoreScale).matmul(key.transpose(2, 3)));
        if (context.ScoreBias(attention, kernelMasks: false, out _) is { } bias) scores = scores.Plus(bias);
        var weights = dropout.Drop(nn.functional.softmax(scores, -1), dropout.Places.AttentionWeights);
        return weights.to(value.dtype).matmul(value);
    }

    // The first dimensions of each head are rotated: x cos + (−second half, first half) sin.
    static Tensor Rotate(Tensor x, RotaryEmbedding rotary, ForwardContext context)
    {
        var (cos, sin) = context.Rotary(rotary);
        var size = x.shape[3];
        var turning = rotary.Dimensions == size ? x : x.narrow(3, 0, rotary.Dimensions);
        var half = rotary.Dimensions / 2;
        var turned = cat([-turning.narrow(3, half, half), turning.narrow(3, 0, half)], -1);
        var result = (turning * cos).Plus(turned * sin);
        if (result.dtype != x.dtype) result = result.to(x.dtype);
        return rotary.Dimensions == size ? result : cat([result, x.narrow(3, rotary.Dimensions, size - rotary.Dimensions)], -1);
    }
}
