using System.Runtime.InteropServices;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Weights;

/// <summary>Reads weights of a checkpoint as the graph's constants hold them, float32.</summary>
sealed class WeightReader(Checkpoint checkpoint)
{
    /// <summary>In the forward pass's orientation: matrices (out × in), tables (rows × width), vectors.</summary>
    public float[] Read(WeightBinding binding)
    {
        var stored = checkpoint.Tensor(binding).ReadSingles();
        if (binding.Transposed) stored = Transpose(stored, [.. checkpoint.Tensor(binding).Shape]);
        return binding.Part is { } part ? Cut(stored, binding, part) : stored;
    }

    /// <summary>A matrix as (in × out), for x · W.</summary>
    public float[] ReadTransposed(WeightBinding binding)
    {
        if (binding is { Transposed: true, Part: null }) return checkpoint.Tensor(binding).ReadSingles();
        return Transpose(Read(binding), binding.Shape[0], binding.Shape[1]);
    }

    /// <summary>The bytes of an array.</summary>
    public static byte[] Bytes<T>(T[] values) where T : struct => MemoryMarshal.AsBytes<T>(values).ToArray();

    static float[] Transpose(float[] values, long[] shape) => Transpose(values, (int)shape[0], (int)shape[1]);

    /// <summary>From (rows × columns) to (columns × rows).</summary>
    public static float[] Transpose(float[] values, int rows, int columns)
    {
        // In tiles: whole columns would miss the cache at every step.
        const int tile = 32;
        var result = new float[values.Length];
        for (var top = 0; top < rows; top += tile)
            for (var left = 0; left < columns; left += tile)
                for (var row = top; row < Math.Min(rows, top + tile); row++)
                    for (var column = left; column < Math.Min(columns, left + tile); column++)
                        result[(long)column * rows + row] = values[(long)row * columns + column];
        return result;
    }

    // Groups × parts × rows of a part in a group × rest: this part's rows of all groups.
    static float[] Cut(float[] fused, WeightBinding binding, FusedPart part)
    {
        var rest = binding.Shape.Skip(1).Aggregate(1, (count, length) => count * length);
        var run = binding.Shape[0] / part.Groups * rest;
        var result = new float[run * part.Groups];
        for (var group = 0; group < part.Groups; group++)
            Array.Copy(fused, (group * part.Count + part.Index) * run, result, group * run, run);
        return result;
    }
}
