using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Protobuf;

/// <summary>TensorProto (onnx.proto): a weight or constant, its bytes inside the message or in a file beside it.</summary>
/// <param name="Data">Name, type, shape and bytes.</param>
/// <param name="External">Where the bytes lie, if not in the message.</param>
sealed record OnnxTensor(TensorData Data, ExternalPlace? External = null)
{
    public WireMessage Encode()
    {
        var message = new WireMessage();
        foreach (var length in Data.Shape) message.Add(1, length);
        message.Add(2, Data.Type.Code()).Add(8, Data.Name);
        return External is null ? message.Add(9, Data) : message.AddAll(13, External.Entries, Entry).Add(14, 1);
    }

    static WireMessage Entry((string Key, string Value) entry) => new WireMessage().Add(1, entry.Key).Add(2, entry.Value);
}

/// <summary>A stretch of a file beside the model.</summary>
sealed record ExternalPlace(string File, long Offset, long Length)
{
    public IEnumerable<(string Key, string Value)> Entries =>
        [("location", File), ("offset", $"{Offset}"), ("length", $"{Length}")];
}
