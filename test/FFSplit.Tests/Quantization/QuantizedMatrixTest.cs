using FFSplit.Checkpoints.Quantization;

namespace FFSplit.Tests.Quantization;

public class QuantizedMatrixTest
{
    [Fact]
    public void Eight_bits_give_the_largest_size_of_a_row_127()
    {
        var matrix = QuantizedMatrix.Nearest([0.5f, -2, 1, 0, 0, 0], width: 3, new CodeForm(8, 0));
        Assert.Equal([2f / 127, 0], matrix.Scales);
        Assert.Equal([32, -127, 64, 0, 0, 0], matrix.Codes);
    }

    [Fact]
    public void Four_bits_give_the_largest_value_of_a_block_the_least_code_sign_and_all()
    {
        // 17 in a row: a block of 16 and one of a single value.
        float[] row = [8, 7, -8, .. new float[13], -3];
        var matrix = QuantizedMatrix.Nearest(row, width: 17, new CodeForm(4, 16));
        Assert.Equal([-1, 0.375f], matrix.Scales);
        Assert.Equal([-8, -7, 7], matrix.Codes[..3]);
        Assert.Equal(-8, matrix.Codes[16]);
        Assert.Equal([8, 7, -7, .. new float[13], -3], matrix.Values());
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 5)]
    public void Packed_codes_come_back(int rows, int width)
    {
        var random = new Random(4);
        var codes = Enumerable.Range(0, rows * width).Select(_ => (sbyte)random.Next(-8, 8)).ToArray();
        var matrix = new QuantizedMatrix(rows, width, new CodeForm(4, 16), codes, new float[rows]);
        var packed = matrix.Packed(16);
        Assert.Equal(rows * 8, packed.Length);
        Assert.Equal(codes[0] + 8, packed[0] & 15);
        Assert.Equal(codes, QuantizedMatrix.Unpacked(packed, rows, width));
    }

    [Fact]
    public void Packed_bytes_have_half_their_range_added()
    {
        var matrix = new QuantizedMatrix(1, 3, new CodeForm(8, 0), [-127, 0, 127], [1]);
        Assert.Equal([1, 128, 255, 128], matrix.Packed(4));
    }

    [Fact]
    public void One_scale_of_a_row_becomes_those_of_its_blocks()
    {
        var matrix = QuantizedMatrix.Nearest([.. Enumerable.Range(0, 40).Select(i => (float)i)], width: 20, new CodeForm(8, 0));
        var blocks = matrix.InBlocks(16);
        Assert.Equal([matrix.Scales[0], matrix.Scales[0], matrix.Scales[1], matrix.Scales[1]], blocks.Scales);
        Assert.Equal(matrix.Values(), blocks.Values());
        Assert.Throws<InvalidOperationException>(() => blocks.InBlocks(32));
    }

    [Fact]
    public void Chosen_rows_keep_their_codes_and_scales()
    {
        var matrix = QuantizedMatrix.Nearest([1, 2, 3, 4, 5, 6], width: 2, new CodeForm(8, 0));
        var some = matrix.Select([2, 0]);
        var all = matrix.Values();
        Assert.Equal([all[4], all[5], all[0], all[1]], some.Values());
    }

    [Fact]
    public void Matrices_below_each_other_keep_their_codes_and_scales()
    {
        var (a, b) = (QuantizedMatrix.Nearest([1, 2, 3, 4], width: 2, new CodeForm(8, 0)), QuantizedMatrix.Nearest([5, -6], width: 2, new CodeForm(8, 0)));
        var both = QuantizedMatrix.Below([a, b]);
        Assert.Equal((3, 2), (both.Rows, both.Width));
        Assert.Equal([.. a.Values(), .. b.Values()], both.Values());
        Assert.Equal([.. a.Scales, .. b.Scales], both.Scales);
        Assert.Throws<ArgumentException>(() => QuantizedMatrix.Below([a, QuantizedMatrix.Nearest([1, 2, 3], width: 3, new CodeForm(8, 0))]));
    }

    [Fact]
    public void Matrices_beside_each_other_go_on_row_by_row_where_blocks_are_whole()
    {
        var form = new CodeForm(4, 16);
        var (a, b) = (Of(2, 32, 1), Of(2, 5, 2));
        var both = QuantizedMatrix.Beside([a, b]);
        Assert.Equal((2, 37, 6), (both.Rows, both.Width, both.Scales.Length));
        var (first, second) = (a.Values(), b.Values());
        Assert.Equal([.. first[..32], .. second[..5], .. first[32..], .. second[5..]], both.Values());
        // In the other order a block would reach over.
        Assert.Throws<ArgumentException>(() => QuantizedMatrix.Beside([b, a]));
        // One scale a row cannot serve both.
        Assert.Throws<ArgumentException>(() => QuantizedMatrix.Beside([.. new[] { a, b }.Select(m => QuantizedMatrix.Nearest(m.Values(), m.Width, new CodeForm(8, 0)))]));

        QuantizedMatrix Of(int rows, int width, int seed)
        {
            var random = new Random(seed);
            return QuantizedMatrix.Nearest([.. Enumerable.Range(0, rows * width).Select(_ => random.NextSingle() - 0.5f)], width, form);
        }
    }
}
