using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Exporting;
using FFSplit.Onnx.Weights;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>How many products a block takes; that they give the right numbers is ParityTest's and SplitFolderTest's business.</summary>
public sealed class JoinedProductsTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Beside the attention's own operator (float32, no rotary positions) or one product of queries, keys and values: its output; the FFN's first
    // and last; of a low-rank part two more, or three where it is gated.
    [Theory]
    [InlineData(LightKind.Linear, false, "fp32", "MatMul", 1 + 2)]
    [InlineData(LightKind.LowRank, false, "fp32", "MatMul", 1 + 2 + 2)]
    [InlineData(LightKind.None, false, "fp32", "MatMul", 1 + 2)]
    // int8 outputs have one scale for all inputs, so the last products stay apart.
    [InlineData(LightKind.Linear, false, "int8", "DynamicQuantizeMatMul", 1 + 1 + 1 + 2)]
    [InlineData(LightKind.LowRank, false, "int8", "DynamicQuantizeMatMul", 1 + 1 + 1 + 2 + 2)]
    // Heavy parts are no multiple of 32 here: a block would reach over.
    [InlineData(LightKind.Linear, false, "int4", "MatMulNBits", 1 + 1 + 1 + 2)]
    [InlineData(LightKind.LowRank, true, "fp32", "MatMul", 1 + 1 + 2 + 3)]
    public void A_block_takes_as_few_products_as_its_codes_allow(LightKind kind, bool gated, string precision, string operation, int count)
    {
        RandomSplitCheckpoint.Write(_folder.Path, gated, [kind], seed: 5);
        using var checkpoint = Checkpoint.Open(_folder.Path);
        var store = new WeightStore(checkpoint.Tensor);
        var options = new OnnxExportOptions { Model = _folder.Path, Output = "", Precision = precision };
        var graph = ModelEmitter.Emit(checkpoint.Architecture, null, store, new OnnxRuntimeOperators(), Precisions.Of(checkpoint, store, options), "test").Graph;
        Assert.Equal(count, graph.Nodes.Count(n => n.Operator == operation));
    }
}
