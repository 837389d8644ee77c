using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Quantization;

/// <summary>Quantises one matrix: nearest codes and codes with error feedback, of which held-out tokens choose.</summary>
static class BlockQuantizer
{
    /// <param name="checkpoint">The split model.</param>
    /// <param name="layer">Index of the block.</param>
    /// <param name="parts">All bindings of one stored tensor, which share their input.</param>
    /// <param name="form">Bits and blocks.</param>
    /// <param name="inputs">What its inputs are like.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    /// <returns>The tensor as codes, and what that costs.</returns>
    public static (QuantizedTensor Tensor, MatrixQuantization Report) Quantise(Checkpoint checkpoint, int layer, IReadOnlyList<WeightBinding> parts,
        CodeForm form, InputMoments.Record inputs, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var binding = parts[0];
        var whole = TorchWeights.Load(checkpoint.Tensor(binding), binding with { Part = null });
        float[] values = [.. whole.data<float>()];
        var (rows, width) = ((int)whole.shape[0], (int)whole.shape[1]);
        var judge = inputs.HeldOut.trace().item<double>() > 0 ? inputs.HeldOut : inputs.Fitted;
        var nearest = QuantizedMatrix.Nearest(values, width, form);
        var feedback = inputs.Spread is { } spread ? ErrorFeedback.Quantise(values, spread, form, cancellation) : null;
        var (nearestError, feedbackError) = (Error(nearest), feedback is null ? double.NaN : Error(feedback));
        var kept = feedbackError < nearestError;
        var stored = new StoredCodes(form, width, binding.Transposed, inputs.Range);
        return (QuantizedTensor.Of(binding.Name, stored, kept ? feedback! : nearest),
            new MatrixQuantization(layer, binding.Name, form.Bits, form.Block, nearestError, feedbackError, kept));

        double Error(QuantizedMatrix codes)
        {
            using var inner = NewDisposeScope();
            var wide = whole.to(ScalarType.Float64);
            var off = wide.Minus(tensor(codes.Values()).reshape(rows, width).to(ScalarType.Float64));
            return Energy(off, judge) / Math.Max(Energy(wide, judge), double.Epsilon);
        }
    }

    // tr(W M Wᵀ): Σ over tokens of ‖W x‖².
    static double Energy(Tensor weights, Tensor moments) => (weights.matmul(moments) * weights).sum().item<double>();
}
