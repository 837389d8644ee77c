using FFSplit.Checkpoints.Tensors;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Weights;

/// <summary>Copies tensors between files and torch.</summary>
public static class TensorBridge
{
    const long ChunkBytes = 32 << 20;

    /// <summary>Reads a stored tensor into torch, chunk by chunk, converted to <paramref name="type"/>.</summary>
    /// <returns>A contiguous tensor of the stored shape.</returns>
    public static Tensor ToTorch(TensorData data, ScalarType type)
    {
        var result = empty([.. data.Shape], dtype: type);
        if (data.ElementCount == 0) return result;
        using var flat = result.view(-1);
        var stored = TypeOf(data.Type);
        var size = data.Type.Size();
        var step = ChunkBytes / size;
        for (var start = 0L; start < data.ElementCount; start += step)
        {
            var count = Math.Min(step, data.ElementCount - start);
            using var target = flat.narrow(0, start, count);
            if (stored == type) data.ReadBytes(start * size, target.bytes);
            else
            {
                using var chunk = empty([count], dtype: stored);
                data.ReadBytes(start * size, chunk.bytes);
                target.copy_(chunk).Dispose();
            }
        }
        return result;
    }

    /// <summary>A copy in managed memory under a name, in the given element type, rounded to nearest.</summary>
    public static MemoryTensor FromTorch(string name, Tensor tensor, DType type)
    {
        using var scope = NewDisposeScope();
        var stored = tensor.detach().to(TypeOf(type)).contiguous();
        return new MemoryTensor(name, type, stored.shape, stored.bytes.ToArray());
    }

    /// <summary>torch's name of an element type.</summary>
    public static ScalarType TypeOf(DType type) => type switch
    {
        DType.Bool => ScalarType.Bool,
        DType.U8 => ScalarType.Byte,
        DType.I8 => ScalarType.Int8,
        DType.I16 => ScalarType.Int16,
        DType.I32 => ScalarType.Int32,
        DType.I64 => ScalarType.Int64,
        DType.F16 => ScalarType.Float16,
        DType.BF16 => ScalarType.BFloat16,
        DType.F32 => ScalarType.Float32,
        DType.F64 => ScalarType.Float64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "libtorch has no such element type."),
    };
}
