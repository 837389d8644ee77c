using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Protobuf;

/// <summary>TensorProto.DataType (onnx.proto).</summary>
static class OnnxTypes
{
    public static int Code(this DType type) => type switch
    {
        DType.F32 => 1,
        DType.U8 => 2,
        DType.I8 => 3,
        DType.I32 => 6,
        DType.I64 => 7,
        DType.Bool => 9,
        DType.F64 => 11,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No exported graph holds such elements."),
    };
}
