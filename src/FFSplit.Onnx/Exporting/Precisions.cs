using FFSplit.Checkpoints;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Exporting;

/// <summary>What stands behind the names of precisions.</summary>
static class Precisions
{
    /// <summary>The precision that options ask for.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="options">Validated.</param>
    /// <exception cref="BadInputException">The precision is made of codes, or ranges, that the model does not hold.</exception>
    public static IPrecision Of(Checkpoint checkpoint, WeightStore weights, OnnxExportOptions options)
    {
        if (options.Precision == OnnxExportOptions.FullPrecision) return new FullPrecision();
        var contributed = options.Target == OnnxExportOptions.OnnxRuntime;
        if (options.Precision is OnnxExportOptions.Mixed or OnnxExportOptions.StaticEightBits && checkpoint.Split is not { Quantized.Count: > 0 })
            throw new BadInputException(checkpoint.Folder, $"codes and ranges, which --precision {options.Precision} packs", "a model of numbers only",
                "Make them with 'ffsplit quantize', or export with --precision int8 or int4, which round to nearest.");
        var eight = new EightBitMatrix(contributed);
        return new CodedPrecision(options.Precision, options.Precision switch
        {
            OnnxExportOptions.EightBits => _ => eight,
            OnnxExportOptions.FourBits => weight => new FourBitMatrix(weights.CodesOf(weight) is { Form: { Bits: 4, Block: var block } } ? block : FourBitMatrix.Block),
            // What has no codes (a head) gets 8 bits: it is no part of what was weighed.
            OnnxExportOptions.Mixed => weight => weights.CodesOf(weight) is { Form: { Bits: 4, Block: var block } } ? new FourBitMatrix(block) : eight,
            OnnxExportOptions.StaticEightBits => _ => new StaticEightBitMatrix(weight => weights.CodesOf(weight)?.Input, contributed),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Precision, "No such precision."),
        }, options.Table is null ? null : new EightBitTable(contributed), options.Table == OnnxExportOptions.FourBits ? new FourBitTable() : null);
    }
}
