using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Weights;

/// <summary>Weights as the graph uses them, float32, read when they are written.</summary>
/// <param name="find">The stored tensor behind a binding.</param>
sealed class WeightStore(Func<WeightBinding, TensorData> find)
{
    /// <summary>A matrix as products want it, (in × out).</summary>
    public TensorData Matrix(WeightMatrix matrix)
    {
        if (matrix.Parts is [{ Transposed: true, Part: null } turned]) return find(turned).CastTo(DType.F32);
        return new ComputedTensor<float>(matrix.Name, DType.F32, [matrix.In, matrix.Out], () => matrix.Summed
            ? [.. matrix.Parts.SelectMany(p => MatrixLayout.Transpose(Values(p), p.Shape[0], p.Shape[1]))]
            // Below each other as they are bound, then turned as one.
            : MatrixLayout.Transpose([.. matrix.Parts.SelectMany(Values)], matrix.Out, matrix.In));
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
        if (binding.Transposed) values = MatrixLayout.Transpose(values, (int)tensor.Shape[0], (int)tensor.Shape[1]);
        return binding.Part is { } part ? Select(values, part, binding) : values;
    }

    /// <summary>The form that a matrix's codes are stored in; null where it is stored as numbers.</summary>
    public StoredCodes? CodesOf(WeightBinding binding) => (find(binding) as QuantizedTensor)?.Stored;

    /// <summary>A matrix as codes, (out × in), each part as it would be alone.</summary>
    public QuantizedMatrix Quantised(WeightMatrix matrix, CodeForm form)
    {
        QuantizedMatrix[] parts = [.. matrix.Parts.Select(p => Quantised(p, form))];
        return matrix.Summed ? QuantizedMatrix.Beside(parts) : QuantizedMatrix.Below(parts);
    }

    /// <summary>A matrix as codes, (out × in): those that are stored where they have this form or can be given it, else the nearest ones.</summary>
    public QuantizedMatrix Quantised(WeightBinding binding, CodeForm form)
    {
        if (find(binding) is not QuantizedTensor stored || stored.Stored.Form != form && stored.Stored.Form != form with { Block = 0 })
            return QuantizedMatrix.Nearest(Values(binding), binding.Shape[1], form);
        var whole = stored.ReadMatrix().InBlocks(form.Block);
        return binding.Part is { } part ? whole.Select([.. Rows(part, binding)]) : whole;
    }

    // The forward's rows lie as (groups × parts × rows of a group).
    static IEnumerable<int> Rows(FusedPart part, WeightBinding binding)
    {
        var rows = binding.Shape[0] / part.Groups;
        return Enumerable.Range(0, part.Groups).SelectMany(group => Enumerable.Range((group * part.Count + part.Index) * rows, rows));
    }

    static float[] Select(float[] values, FusedPart part, WeightBinding binding)
    {
        var result = new float[binding.ElementCount];
        var width = result.Length / binding.Shape[0];
        var to = 0;
        foreach (var row in Rows(part, binding)) Array.Copy(values, (long)row * width, result, (long)to++ * width, width);
        return result;
    }
}
