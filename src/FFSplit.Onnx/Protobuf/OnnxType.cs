namespace FFSplit.Onnx.Protobuf;

/// <summary>Element types, numbered as in onnx.proto (TensorProto.DataType).</summary>
enum OnnxType
{
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    Int32 = 6,
    Int64 = 7,
    Bool = 9,
}
