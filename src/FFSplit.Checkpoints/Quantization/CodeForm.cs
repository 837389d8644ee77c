namespace FFSplit.Checkpoints.Quantization;

/// <summary>How numbers stand as whole codes: value = code · scale, symmetric about zero.</summary>
/// <param name="Bits">Of a code, 2 to 8.</param>
/// <param name="Block">Neighbours in a row that share a scale; 0 for the whole row.</param>
public sealed record CodeForm(int Bits, int Block)
{
    /// <summary>Blocks that ONNX Runtime's kernels know.</summary>
    public static IReadOnlyList<int> Blocks { get; } = [16, 32, 64, 128, 256];

    /// <summary>The least code. One byte keeps to −127, so that a sum of two products never leaves 16 bits by the one code without a
    /// counterpart.</summary>
    public int Least => Bits == 8 ? -127 : -(1 << (Bits - 1));

    /// <summary>The largest code.</summary>
    public int Most => (1 << (Bits - 1)) - 1;

    /// <summary>Whether two codes share a byte.</summary>
    public bool TwoInAByte => Bits <= 4;

    /// <summary>Scales of a row.</summary>
    /// <param name="width">Of the row.</param>
    public int ScalesOf(int width) => Block == 0 ? 1 : (width + Block - 1) / Block;

    /// <summary>Values that a scale belongs to in a row; the last block may have fewer.</summary>
    /// <param name="width">Of the row.</param>
    public int BlockOf(int width) => Block == 0 ? width : Block;

    /// <summary>The code nearest to a value.</summary>
    public int Code(float value, float scale) => scale == 0 ? 0 : Math.Clamp((int)MathF.Round(value / scale), Least, Most);
}
