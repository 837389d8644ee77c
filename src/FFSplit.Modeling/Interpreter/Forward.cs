using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>
/// The one torch forward of an <see cref="Architecture"/>: each function runs one kind of record on hidden states
/// (rows × length × hidden size), float32, and can be differentiated. Products may come in a lower precision (<see cref="IWeightSource.Product"/>);
/// the residual stream, norms, softmax and results are float32 in any case. Tensors that a function makes belong to the caller's dispose scope.
/// </summary>
public static class Forward
{
    /// <summary>x Wᵀ + b.</summary>
    public static Tensor Linear(Linear linear, IWeightSource weights, Tensor x)
        => weights.Product(x, linear.Weight, linear.Bias);

    /// <summary>The tensor in float32.</summary>
    internal static Tensor Single(Tensor x) => x.dtype == ScalarType.Float32 ? x : x.to(ScalarType.Float32);

    /// <summary>A normalisation over the last axis.</summary>
    public static Tensor Norm(Norm norm, IWeightSource weights, Tensor x) => norm switch
    {
        Norm.Layer layer => nn.functional.layer_norm(x, [layer.Size], layer.Weight is null ? null : weights[layer.Weight], layer.Bias is null ? null : weights[layer.Bias], layer.Epsilon),
        Norm.RootMeanSquare rms => x * x.square().mean([-1L], keepdim: true).Plus(rms.Epsilon).rsqrt() * weights[rms.Weight],
        _ => throw UnknownCase(norm),
    };

    /// <summary>An activation, element by element.</summary>
    public static Tensor Activate(Activation activation, Tensor x) => activation switch
    {
        Activation.Gelu => nn.functional.gelu(x),
        Activation.GeluTanh => nn.functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh, inplace: false),
        Activation.QuickGelu => x * x.Times(1.702).sigmoid(),
        Activation.Relu => nn.functional.relu(x),
        Activation.ReluSquared => nn.functional.relu(x).square(),
        Activation.Silu => nn.functional.silu(x),
        Activation.Tanh => x.tanh(),
        Activation.ClippedGelu => nn.functional.gelu(x).Within(-10, 10),
        Activation.HardSwish => (x * x.Plus(3).Within(0, 6)).Over(6),
        Activation.LeakyRelu => nn.functional.leaky_relu(x, 0.01),
        Activation.Relu6 => x.Within(0, 6),
        Activation.Mish => x * nn.functional.softplus(x).tanh(),
        Activation.Sigmoid => x.sigmoid(),
        Activation.Laplace => x.Minus(0.707107).Over(0.282095 * Math.Sqrt(2)).erf().Plus(1).Times(0.5),
        Activation.SqrtSoftplus => nn.functional.softplus(x).sqrt(),
        Activation.Identity => x,
        _ => throw UnknownCase(activation),
    };

    /// <summary>Ids to the first hidden states.</summary>
    public static Tensor Embed(Embeddings embeddings, IWeightSource weights, ForwardContext context)
    {
        var x = Rows(weights[embeddings.Tokens], context.InputIds);
        if (embeddings.TokenProjection is { } projection) x = Linear(projection, weights, x);
        if (embeddings.TokenTypes is { } types)
            x = x.Plus(Rows(weights[types], context.TokenTypeIds ?? zeros_like(context.InputIds)));
        if (embeddings.Positions is { } positions)
            x = x.Plus(Rows(weights[positions.Table], PositionIds(positions, context)));
        if (embeddings.Norm is { } norm) x = Norm(norm, weights, Single(x));
        if (context.Dropout is { } dropout) x = dropout.Drop(x, dropout.Places.Embeddings);
        return Single(embeddings.Projection is { } last ? Linear(last, weights, x) : x);
    }

    /// <summary>One block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="x">Its input.</param>
    /// <param name="context">Of the batch.</param>
    /// <param name="probe">Sees what happens inside the FFN.</param>
    public static Tensor Block(Block block, IWeightSource weights, Tensor x, ForwardContext context, IFeedForwardProbe? probe = null)
    {
        var (residual, input) = BeforeFeedForward(block, weights, x, context);
        return AfterFeedForward(block, weights, residual.Plus(
            Drop(FeedForwardForward.Run(block, weights, input, probe), context, context.Dropout?.Places.FeedForward)));
    }

    /// <summary>A block up to its FFN.</summary>
    /// <returns>What the FFN's output is added to, and the FFN's input.</returns>
    public static (Tensor Residual, Tensor Input) BeforeFeedForward(Block block, IWeightSource weights, Tensor x, ForwardContext context)
    {
        switch (block.Layout)
        {
            case ResidualLayout.PreNorm:
                x = x.Plus(Attend(Norm(block.AttentionNorm, weights, x)));
                return (x, Norm(block.FeedForwardNorm, weights, x));
            case ResidualLayout.PostNorm:
                x = Norm(block.AttentionNorm, weights, x.Plus(Attend(x)));
                return (x, x);
            case ResidualLayout.Parallel:
                return (x.Plus(Attend(Norm(block.AttentionNorm, weights, x))), Norm(block.FeedForwardNorm, weights, x));
            default:
                throw UnknownCase(block.Layout);
        }

        Tensor Attend(Tensor input) => Drop(AttentionForward.Run(block.Attention, weights, input, context), context, context.Dropout?.Places.Attention);
    }

    static Tensor Drop(Tensor output, ForwardContext context, double? probability) => context.Dropout?.Drop(output, probability) ?? output;

    /// <summary>A block from the sum of residual and FFN output on.</summary>
    public static Tensor AfterFeedForward(Block block, IWeightSource weights, Tensor sum)
        => block.Layout == ResidualLayout.PostNorm ? Norm(block.FeedForwardNorm, weights, sum) : sum;

    /// <summary>What follows the last block: final norm and output projection.</summary>
    public static Tensor Finish(Architecture architecture, IWeightSource weights, Tensor x)
    {
        if (architecture.FinalNorm is { } norm) x = Norm(norm, weights, x);
        return architecture.OutputProjection is { } projection ? Single(Linear(projection, weights, x)) : x;
    }

    /// <summary>Vocabulary logits (… × vocabulary) of hidden states (… × width).</summary>
    public static Tensor LanguageModelLogits(Head.LanguageModel head, IWeightSource weights, Tensor x)
    {
        if (head.Transform is { } step) x = Step(step, weights, x);
        if (head.Norm is { } norm) x = Norm(norm, weights, x);
        return Single(Linear(head.Decoder, weights, x));
    }

    /// <summary>Label logits (rows × labels) of the last hidden states.</summary>
    public static Tensor ClassifierLogits(Head.Classifier head, IWeightSource weights, Tensor x, ForwardContext context)
    {
        x = context.Pick(x, head.Token, head.PadId);
        for (var i = 0; i < head.Steps.Count; i++)
        {
            if (context.Dropout is { } dropout && (i == 0 || i == head.Steps.Count - 1))
                x = dropout.Drop(x, i == 0 ? dropout.Places.ClassifierInput : dropout.Places.Classifier);
            x = Step(head.Steps[i], weights, x);
        }
        return x;
    }

    /// <summary>A linear map and its activation.</summary>
    public static Tensor Step(HeadStep step, IWeightSource weights, Tensor x)
    {
        x = Single(Linear(step.Linear, weights, x));
        return step.Activation is { } activation ? Activate(activation, x) : x;
    }

    /// <summary>Rows of a table by index: (… ) to (… × width).</summary>
    internal static Tensor Rows(Tensor table, Tensor index)
    {
        var flat = index.reshape(-1);
        // Of the two, gather has by far the faster backward pass.
        var rows = table.requires_grad ? table.gather(0, flat.unsqueeze(1).expand(flat.shape[0], table.shape[1])) : table.index_select(0, flat);
        return rows.view([.. index.shape, table.shape[1]]);
    }

    static Tensor PositionIds(LearnedPositions positions, ForwardContext context)
    {
        switch (positions.Source)
        {
            case PositionSource.Column:
                return SafeArithmetic.Range(context.Batch.Length).unsqueeze(0).Plus(positions.Offset);
            case PositionSource.Mask:
                return (context.Mask.cumsum(1) * context.Mask).Plus(positions.Offset - 1);
            case PositionSource.NonPadIds:
                var real = context.InputIds.Differs(positions.PadId).to(ScalarType.Int64);
                return (real.cumsum(1) * real).Plus(positions.Offset - 1);
            default:
                throw UnknownCase(positions.Source);
        }
    }

    static ArgumentOutOfRangeException UnknownCase(object value) => new(nameof(value), value, "The torch interpreter has no such case.");
}
