namespace FFSplit.Onnx.Weights;

/// <summary>
/// Numbers as 4-bit codes, two in a byte, the first in the lower half, with a scale for each block of a row: value = (code − 8) · scale. The
/// scale is the block's value of the largest size divided by −8, sign and all, so that this one is met and no code is wasted.
/// </summary>
static class Int4Codes
{
    /// <summary>Values that share a scale.</summary>
    public const int Block = 64;

    const int Middle = 8, Most = 15;

    /// <summary>Whether rows of a width can be cut into blocks.</summary>
    public static bool Fits(int width) => width % Block == 0;

    /// <summary>Codes, (rows × width / 2), and scales, (rows × width / block).</summary>
    /// <param name="values">(rows × width), row-major; the width is a multiple of <see cref="Block"/>.</param>
    public static (byte[] Codes, float[] Scales) Of(float[] values)
    {
        var (codes, scales) = (new byte[values.Length / 2], new float[values.Length / Block]);
        for (var b = 0; b < scales.Length; b++)
        {
            var block = values.AsSpan(b * Block, Block);
            var largest = 0f;
            foreach (var value in block)
                if (Math.Abs(value) > Math.Abs(largest)) largest = value;
            var scale = scales[b] = largest / -Middle;
            for (var i = 0; i < Block; i += 2)
                codes[(b * Block + i) / 2] = (byte)(Code(block[i], scale) | (Code(block[i + 1], scale) << 4));
        }
        return (codes, scales);
    }

    static int Code(float value, float scale) => scale == 0 ? Middle : Math.Clamp((int)MathF.Round(value / scale) + Middle, 0, Most);
}
