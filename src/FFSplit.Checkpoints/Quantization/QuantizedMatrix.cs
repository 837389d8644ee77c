namespace FFSplit.Checkpoints.Quantization;

/// <summary>A matrix as codes and scales.</summary>
/// <param name="Rows">Outputs.</param>
/// <param name="Width">Inputs.</param>
/// <param name="Form">Bits and blocks.</param>
/// <param name="Codes">(rows × width), row-major.</param>
/// <param name="Scales">(rows × blocks).</param>
public sealed record QuantizedMatrix(int Rows, int Width, CodeForm Form, sbyte[] Codes, float[] Scales)
{
    /// <summary>
    /// The nearest codes. Eight bits: the largest size of a block is 127. Fewer: the block's value of the largest size is the least code, with a
    /// scale of its sign, so that this one is met and no code is wasted.
    /// </summary>
    /// <param name="values">(rows × width), row-major.</param>
    /// <param name="width">Of a row.</param>
    /// <param name="form">Bits and blocks.</param>
    public static QuantizedMatrix Nearest(ReadOnlySpan<float> values, int width, CodeForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var rows = values.Length / width;
        var (blocks, block) = (form.ScalesOf(width), form.BlockOf(width));
        var (codes, scales) = (new sbyte[values.Length], new float[rows * blocks]);
        for (var row = 0; row < rows; row++)
            for (var b = 0; b < blocks; b++)
            {
                var start = row * width + b * block;
                var part = values.Slice(start, Math.Min(block, width - b * block));
                var scale = scales[row * blocks + b] = Scale(part, form);
                for (var i = 0; i < part.Length; i++) codes[start + i] = (sbyte)form.Code(part[i], scale);
            }
        return new QuantizedMatrix(rows, width, form, codes, scales);
    }

    /// <summary>The scale of a block's nearest codes.</summary>
    public static float Scale(ReadOnlySpan<float> block, CodeForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        var largest = 0f;
        foreach (var value in block)
            if (Math.Abs(value) > Math.Abs(largest)) largest = value;
        return form.Bits == 8 ? Math.Abs(largest) / form.Most : largest / form.Least;
    }

    /// <summary>The numbers that the codes stand for, (rows × width).</summary>
    public float[] Values()
    {
        var (blocks, block) = (Form.ScalesOf(Width), Form.BlockOf(Width));
        var values = new float[Codes.Length];
        for (var row = 0; row < Rows; row++)
            for (var i = 0; i < Width; i++) values[row * Width + i] = Codes[row * Width + i] * Scales[row * blocks + i / block];
        return values;
    }

    /// <summary>Some of the rows, in the order given.</summary>
    public QuantizedMatrix Select(IReadOnlyList<int> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        var blocks = Form.ScalesOf(Width);
        var (codes, scales) = (new sbyte[rows.Count * Width], new float[rows.Count * blocks]);
        for (var i = 0; i < rows.Count; i++)
        {
            Array.Copy(Codes, rows[i] * Width, codes, i * Width, Width);
            Array.Copy(Scales, rows[i] * blocks, scales, i * blocks, blocks);
        }
        return new QuantizedMatrix(rows.Count, Width, Form, codes, scales);
    }

    /// <summary>Matrices of one form and width as one, the rows of each after those of the one before.</summary>
    public static QuantizedMatrix Below(IReadOnlyList<QuantizedMatrix> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts is [var only]) return only;
        var first = parts[0];
        if (parts.Any(p => p.Form != first.Form || p.Width != first.Width))
            throw new ArgumentException("Expected matrices of one form and width.", nameof(parts));
        return first with { Rows = parts.Sum(p => p.Rows), Codes = [.. parts.SelectMany(p => p.Codes)], Scales = [.. parts.SelectMany(p => p.Scales)] };
    }

    /// <summary>Matrices of one form and as many rows as one, each row going on in the next matrix.</summary>
    /// <param name="parts">All but the last with whole blocks.</param>
    public static QuantizedMatrix Beside(IReadOnlyList<QuantizedMatrix> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts is [var only]) return only;
        var first = parts[0];
        if (parts.Any(p => p.Form != first.Form || p.Rows != first.Rows)
            || parts.SkipLast(1).Any(p => first.Form.Block == 0 || p.Width % first.Form.Block != 0))
            throw new ArgumentException("Expected matrices of one form and as many rows, all but the last with whole blocks.", nameof(parts));
        return first with { Width = parts.Sum(p => p.Width), Codes = Rows(p => p.Codes), Scales = Rows(p => p.Scales) };

        T[] Rows<T>(Func<QuantizedMatrix, T[]> of)
        {
            var all = new T[parts.Sum(p => of(p).Length)];
            var to = 0;
            for (var row = 0; row < first.Rows; row++)
                foreach (var part in parts)
                {
                    var width = of(part).Length / part.Rows;
                    Array.Copy(of(part), row * width, all, to, width);
                    to += width;
                }
            return all;
        }
    }

    /// <summary>The same numbers with a scale for each block, where a row had a single one.</summary>
    public QuantizedMatrix InBlocks(int block)
    {
        if (Form.Block == block) return this;
        if (Form.Block != 0) throw new InvalidOperationException($"Blocks of {Form.Block} cannot become blocks of {block}.");
        var form = Form with { Block = block };
        return this with { Form = form, Scales = [.. Scales.SelectMany(scale => Enumerable.Repeat(scale, form.ScalesOf(Width)))] };
    }

    /// <summary>Codes as bytes without a sign, half their range added: two of at most 4 bits in a byte, the first in the lower half, else one.
    /// Rows begin at a byte and are filled up with zeros.</summary>
    /// <param name="width">Codes of a filled row.</param>
    public byte[] Packed(int width)
    {
        var (perByte, middle) = Form.TwoInAByte ? (2, 8) : (1, 128);
        var packed = new byte[Rows * width / perByte];
        for (var row = 0; row < Rows; row++)
            for (var i = 0; i < width; i++)
            {
                var code = (i < Width ? Codes[row * Width + i] : 0) + middle;
                packed[(row * width + i) / perByte] |= (byte)(code << (4 * (i % perByte)));
            }
        return packed;
    }

    /// <summary>The inverse of <see cref="Packed"/> for two codes in a byte.</summary>
    public static sbyte[] Unpacked(ReadOnlySpan<byte> packed, int rows, int width)
    {
        const int Middle = 8;
        var stride = packed.Length / Math.Max(1, rows);
        var codes = new sbyte[rows * width];
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < width; i++)
                codes[row * width + i] = (sbyte)(((packed[row * stride + i / 2] >> (4 * (i % 2))) & 15) - Middle);
        return codes;
    }
}
