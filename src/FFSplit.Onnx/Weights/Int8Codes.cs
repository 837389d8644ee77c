namespace FFSplit.Onnx.Weights;

/// <summary>Numbers as int8 codes and scales: the nearest code, symmetric about zero, −127 to 127.</summary>
static class Int8Codes
{
    const int Most = 127;

    /// <summary>A scale for each column of a row-major matrix.</summary>
    /// <param name="values">(rows × width).</param>
    /// <param name="width">Of a row.</param>
    public static (sbyte[] Codes, float[] Scales) OfColumns(float[] values, int width)
    {
        var scales = new float[width];
        for (var i = 0; i < values.Length; i++) scales[i % width] = Math.Max(scales[i % width], Math.Abs(values[i]));
        for (var j = 0; j < width; j++) scales[j] /= Most;
        var codes = new sbyte[values.Length];
        for (var i = 0; i < values.Length; i++) codes[i] = Code(values[i], scales[i % width]);
        return (codes, scales);
    }

    /// <summary>A scale for each row.</summary>
    /// <param name="values">(rows × width).</param>
    /// <param name="width">Of a row.</param>
    public static (sbyte[] Codes, float[] Scales) OfRows(float[] values, int width)
    {
        var scales = new float[values.Length / width];
        for (var i = 0; i < values.Length; i++) scales[i / width] = Math.Max(scales[i / width], Math.Abs(values[i]));
        for (var j = 0; j < scales.Length; j++) scales[j] /= Most;
        var codes = new sbyte[values.Length];
        for (var i = 0; i < values.Length; i++) codes[i] = Code(values[i], scales[i / width]);
        return (codes, scales);
    }

    static sbyte Code(float value, float scale) => scale > 0 ? (sbyte)Math.Clamp(MathF.Round(value / scale), -Most, Most) : (sbyte)0;
}
