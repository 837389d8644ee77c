using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Weights;

/// <summary>Weights as the graph uses them, float32, read when they are written.</summary>
/// <param name="find">The stored tensor behind a binding.</param>
sealed class WeightStore(Func<WeightBinding, TensorData> find)
{
    /// <summary>A linear map's matrix as products want it, (in × out).</summary>
    public TensorData Matrix(WeightBinding binding)
    {
        long[] shape = [binding.Shape[1], binding.Shape[0]];
        if (binding is { Transposed: true, Part: null }) return find(binding).CastTo(DType.F32);
        return new ComputedTensor<float>(binding.Name, DType.F32, shape, () => Transpose(Values(binding), binding.Shape[0], binding.Shape[1]));
    }

    /// <summary>Matrices of the same input side by side, (in × all outs).</summary>
    public TensorData Joined(IReadOnlyList<WeightBinding> bindings)
    {
        var (input, outputs) = (bindings[0].Shape[1], bindings.Sum(b => b.Shape[0]));
        // Below each other as they are bound, then turned as one.
        return new ComputedTensor<float>(bindings[0].Name, DType.F32, [input, outputs],
            () => Transpose([.. bindings.SelectMany(Values)], outputs, input));
    }

    /// <summary>A table or vector as it is.</summary>
    public TensorData Plain(WeightBinding binding) => binding is { Transposed: false, Part: null }
        ? find(binding).CastTo(DType.F32)
        : new ComputedTensor<float>(binding.Name, DType.F32, [.. binding.Shape.Select(s => (long)s)], () => Values(binding));

    /// <summary>All values in the forward's orientation, (out × in) for matrices.</summary>
    public float[] Values(WeightBinding binding)
    {
        var tensor = find(binding);
        var values = tensor.ReadSingles();
        if (binding.Transposed) values = Transpose(values, (int)tensor.Shape[0], (int)tensor.Shape[1]);
        return binding.Part is { } part ? Select(values, part, binding) : values;
    }

    /// <summary>A matrix's values as products want them, (in × out).</summary>
    public float[] MatrixValues(WeightBinding binding) => Transpose(Values(binding), binding.Shape[0], binding.Shape[1]);

    // The forward's rows lie as (groups × parts × rows of a group).
    static float[] Select(float[] values, FusedPart part, WeightBinding binding)
    {
        var result = new float[binding.ElementCount];
        var block = result.Length / part.Groups;
        for (var group = 0; group < part.Groups; group++)
            Array.Copy(values, (long)(group * part.Count + part.Index) * block, result, (long)group * block, block);
        return result;
    }

    static float[] Transpose(float[] values, int rows, int columns)
    {
        // In tiles, so that reading and writing both stay within few cache lines.
        const int Tile = 32;
        var result = new float[values.Length];
        for (var top = 0; top < rows; top += Tile)
            for (var left = 0; left < columns; left += Tile)
                for (var row = top; row < Math.Min(top + Tile, rows); row++)
                    for (var column = left; column < Math.Min(left + Tile, columns); column++)
                        result[(long)column * rows + row] = values[(long)row * columns + column];
        return result;
    }
}
