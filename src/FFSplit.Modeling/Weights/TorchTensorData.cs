using FFSplit.Checkpoints.Tensors;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Weights;

/// <summary>A contiguous float32 tensor of torch as a writer takes it, without a copy. The tensor must live, unchanged, until it is
/// written.</summary>
sealed class TorchTensorData : TensorData
{
    readonly Tensor _tensor;

    public TorchTensorData(string name, Tensor tensor) : base(name, DType.F32, tensor.shape)
    {
        if (tensor.dtype != ScalarType.Float32 || !tensor.is_contiguous()) throw new ArgumentException($"{name} is not a contiguous float32 tensor.", nameof(tensor));
        _tensor = tensor;
    }

    public override void ReadBytes(long offset, Span<byte> destination)
    {
        if (destination.IsEmpty) return;
        // A view of its own for each piece: a span counts no more than 2³¹ bytes.
        using var flat = _tensor.detach().view(-1);
        var first = offset / sizeof(float);
        var skipped = (int)(offset % sizeof(float));
        using var piece = flat.narrow(0, first, (skipped + (long)destination.Length + sizeof(float) - 1) / sizeof(float));
        piece.bytes.Slice(skipped, destination.Length).CopyTo(destination);
    }
}
