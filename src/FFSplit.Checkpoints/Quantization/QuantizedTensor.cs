using System.Runtime.InteropServices;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.Quantization;

/// <summary>A matrix that a checkpoint stores as codes, read as the float32 numbers that they stand for.</summary>
public sealed class QuantizedTensor : TensorData
{
    const string Remedy = "Quantise the model again.";

    readonly TensorData _codes;
    readonly TensorData _scales;
    readonly ComputedTensor<float> _values;

    /// <param name="name">The tensor's own name.</param>
    /// <param name="stored">How it is stored.</param>
    /// <param name="codes">(out × in) int8, or (out × in / 2) bytes of two codes.</param>
    /// <param name="scales">(out × blocks).</param>
    QuantizedTensor(string name, StoredCodes stored, TensorData codes, TensorData scales)
        : base(name, DType.F32, stored.Transposed ? [stored.Width, codes.Shape[0]] : [codes.Shape[0], stored.Width])
    {
        (Stored, _codes, _scales) = (stored, codes, scales);
        _values = new ComputedTensor<float>(name, DType.F32, Shape, () =>
        {
            var matrix = ReadMatrix();
            return stored.Transposed ? MatrixLayout.Transpose(matrix.Values(), matrix.Rows, matrix.Width) : matrix.Values();
        });
    }

    /// <summary>A matrix as codes that are in memory.</summary>
    public static QuantizedTensor Of(string name, StoredCodes stored, QuantizedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(stored);
        ArgumentNullException.ThrowIfNull(matrix);
        var codes = stored.Form.TwoInAByte ? matrix.Packed(2 * stored.BytesOfRow) : MemoryMarshal.AsBytes(matrix.Codes.AsSpan()).ToArray();
        return new QuantizedTensor(name, stored,
            new MemoryTensor(name + StoredCodes.CodesSuffix, stored.Form.TwoInAByte ? DType.U8 : DType.I8, [matrix.Rows, stored.BytesOfRow], codes),
            MemoryTensor.Of(name + StoredCodes.ScalesSuffix, [matrix.Rows, stored.Form.ScalesOf(stored.Width)], matrix.Scales.AsSpan()));
    }

    /// <summary>The tensors that the files hold for it: codes and scales.</summary>
    public IEnumerable<TensorData> Files => [_codes, _scales];

    /// <summary>How it is stored.</summary>
    public StoredCodes Stored { get; }

    /// <summary>Bytes of codes and scales.</summary>
    public long StoredBytes => _codes.ByteCount + _scales.ByteCount;

    /// <summary>The codes as they are stored, (out × in).</summary>
    public QuantizedMatrix ReadMatrix()
    {
        var (rows, width) = ((int)_codes.Shape[0], Stored.Width);
        var bytes = new byte[_codes.ByteCount];
        _codes.ReadBytes(0, bytes);
        var codes = Stored.Form.TwoInAByte ? QuantizedMatrix.Unpacked(bytes, rows, width) : MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray();
        return new QuantizedMatrix(rows, width, Stored.Form, codes, _scales.ReadSingles());
    }

    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination) => _values.ReadBytes(offset, destination);

    /// <summary>A folder's tensors with those that are stored as codes under their own names.</summary>
    /// <param name="folder">For messages.</param>
    /// <param name="tensors">As the files hold them.</param>
    /// <param name="stored">Which are stored as codes, and how.</param>
    /// <exception cref="BadInputException">Codes or scales are missing or of another shape.</exception>
    internal static IReadOnlyDictionary<string, TensorData> Restore(string folder, IReadOnlyDictionary<string, TensorData> tensors,
        IReadOnlyDictionary<string, StoredCodes> stored)
    {
        if (stored.Count == 0) return tensors;
        var restored = new Dictionary<string, TensorData>(tensors, StringComparer.Ordinal);
        foreach (var (name, form) in stored)
        {
            var codes = Take(name + StoredCodes.CodesSuffix, form.Form.TwoInAByte ? DType.U8 : DType.I8);
            var scales = Take(name + StoredCodes.ScalesSuffix, DType.F32);
            CheckShape(codes, codes.Shape[0], form.BytesOfRow);
            CheckShape(scales, codes.Shape[0], form.Form.ScalesOf(form.Width));
            if (!restored.TryAdd(name, new QuantizedTensor(name, form, codes, scales)))
                throw new BadInputException($"{folder}, tensor '{name}'", "codes or numbers", "both", Remedy);
        }
        return restored;

        void CheckShape(TensorData tensor, long rows, long columns)
        {
            if (tensor.Shape[0] != rows || tensor.Shape[1] != columns)
                throw new BadInputException($"{folder}, tensor '{tensor.Name}'", $"[{rows}, {columns}]", $"[{string.Join(", ", tensor.Shape)}]", Remedy);
        }

        TensorData Take(string name, DType type)
        {
            if (!restored.Remove(name, out var tensor))
                throw new BadInputException($"{folder}, tensor '{name}'", "a tensor, since config.json says that the matrix is stored as codes", "none", Remedy);
            return tensor.Type == type && tensor.Shape.Count == 2 ? tensor : throw new BadInputException($"{folder}, tensor '{name}'",
                $"a matrix of {type}", $"{tensor.Type} [{string.Join(", ", tensor.Shape)}]", Remedy);
        }
    }
}
