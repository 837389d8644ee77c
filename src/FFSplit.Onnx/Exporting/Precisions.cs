using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Exporting;

/// <summary>What stands behind the names of precisions.</summary>
static class Precisions
{
    static readonly CodeForm FourBitTokens = new(4, 64);

    /// <summary>The precision that the token table gets: rows that are no multiple of a block's values get 8 bits in place of 4.</summary>
    public static string OfTable(Checkpoint checkpoint, OnnxExportOptions options) => options.Table switch
    {
        null => OnnxExportOptions.FullPrecision,
        OnnxExportOptions.FourBits when !new BlockedTable(FourBitTokens).Fits(checkpoint.Architecture.Embeddings.Tokens) => OnnxExportOptions.EightBits,
        var asked => asked,
    };

    /// <summary>The precision that options ask for.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="options">Validated.</param>
    /// <exception cref="BadInputException">The precision is made of codes, or ranges, that the model does not hold.</exception>
    public static IPrecision Of(Checkpoint checkpoint, WeightStore weights, OnnxExportOptions options)
    {
        if (options.Precision == OnnxExportOptions.FullPrecision) return new FullPrecision();
        if (options.Precision is OnnxExportOptions.Mixed or OnnxExportOptions.StaticEightBits && checkpoint.Split is not { Quantized.Count: > 0 })
            throw new BadInputException(checkpoint.Folder, $"codes and ranges, which --precision {options.Precision} packs", "a model of numbers only",
                "Make them with 'ffsplit quantize', or export with --precision int8 or int4, which round to nearest.");
        var contributed = options.Target == OnnxExportOptions.OnnxRuntime;
        // A decoder multiplies one token at a time, for which these kernels are made; for many tokens at once the others are faster.
        var generates = contributed && checkpoint.Architecture.Generates;
        return new CodedPrecision(options.Precision, options.Precision switch
        {
            OnnxExportOptions.EightBits => Eight,
            OnnxExportOptions.FourBits => weight => new BlockedMatrix(FourBits(weight) ?? new CodeForm(4, BlockedMatrix.FourBitBlock)),
            // What has no codes (a head) gets 8 bits: it is no part of what was weighed.
            OnnxExportOptions.Mixed => weight => FourBits(weight) is { } form ? new BlockedMatrix(form) : Eight(weight),
            OnnxExportOptions.StaticEightBits => _ => new StaticEightBitMatrix(weight => weights.CodesOf(weight)?.Input, contributed),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Precision, "No such precision."),
        }, options.Table is null ? null : new EightBitTable(contributed), Tokens());

        IMatrixForm Eight(WeightBinding _)
            => generates ? new BlockedMatrix(Form: null) : new EightBitMatrix(contributed);

        CodeForm? FourBits(WeightBinding weight) => weights.CodesOf(weight) is { Form: { Bits: 4 } form } ? form : null;

        ITableForm? Tokens() => options.Table switch
        {
            OnnxExportOptions.FourBits => new BlockedTable(FourBitTokens),
            OnnxExportOptions.EightBits when generates => new BlockedTable(BlockedMatrix.EightBits(checkpoint.Architecture.Embeddings.Tokens.Shape[1])),
            _ => null,
        };
    }
}
