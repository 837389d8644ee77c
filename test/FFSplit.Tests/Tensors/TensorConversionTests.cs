using System.Runtime.InteropServices;
using CsCheck;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Tests.Tensors;

public class TensorConversionTests
{
    static readonly ushort[] AllBits = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i)];

    [Fact]
    public void Every_half_becomes_the_float_that_dotnet_makes_of_it()
    {
        var floats = Of(DType.F16, AllBits).ReadSingles();
        for (var i = 0; i < AllBits.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(AllBits[i]);
            var same = BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(floats[i]);
            Assert.True(same || (float.IsNaN(expected) && float.IsNaN(floats[i])), $"{i:x4}");
        }
    }

    [Fact]
    public void Every_bfloat16_is_the_upper_half_of_a_float()
    {
        var floats = Of(DType.BF16, AllBits).ReadSingles();
        for (var i = 0; i < AllBits.Length; i++) Assert.Equal((uint)i << 16, BitConverter.SingleToUInt32Bits(floats[i]));
    }

    [Theory]
    [InlineData(DType.F16, 0x7c00)]
    [InlineData(DType.BF16, 0x7f80)]
    public void Every_number_of_16_bits_survives_the_way_to_float32_and_back(DType type, int exponent)
    {
        var there = new MemoryTensor("w", DType.F32, [1 << 16], MemoryMarshal.AsBytes(Of(type, AllBits).ReadSingles().AsSpan()).ToArray());
        var back = MemoryMarshal.Cast<byte, ushort>(there.CastTo(type).Bytes());
        for (var i = 0; i < AllBits.Length; i++)
        {
            var isNaN = (i & 0x7fff) > exponent;
            Assert.True(isNaN ? (back[i] & 0x7fff) > exponent : back[i] == i, $"{i:x4} became {back[i]:x4}");
        }
    }

    [Fact]
    public void Ties_go_to_the_even_neighbour()
    {
        // bfloat16 has 8 significant bits, half 11; what lies just above a tie in float64 goes up in one rounding.
        double[] values = [1 + 1 / 256.0, 1 + 3 / 256.0, 1 + 1 / 256.0 + 1e-12, -(1 + 1 / 256.0 + 1e-12), 1 + 1 / 256.0 - 1e-12];
        Assert.Equal([1, 1.015625, 1.0078125, -1.0078125, 1], MemoryTensor.Of("w", [5], values).CastTo(DType.BF16).ReadDoubles());
        double[] halves = [1 + 1 / 2048.0, 1 + 3 / 2048.0, 1 + 1 / 2048.0 + 1e-12];
        Assert.Equal([1, 1 + 2 / 1024.0, 1 + 1 / 1024.0], MemoryTensor.Of("w", [3], halves).CastTo(DType.F16).ReadDoubles());
    }

    [Fact]
    public void A_cast_gives_a_nearest_number()
        => Gen.Select(Gen.Double[-1e4, 1e4], Gen.OneOf(DType.F16, DType.BF16)).Sample((value, type) =>
        {
            var bits = BitConverter.ToUInt16(MemoryTensor.Of("w", [1], (double[])[value]).CastTo(type).Bytes());
            var nearest = Of(type, (ushort[])[bits]).ReadDoubles()[0];
            foreach (var neighbour in Of(type, (ushort[])[(ushort)(bits + 1), (ushort)(bits - 1)]).ReadDoubles())
                Assert.True(
                    !double.IsFinite(neighbour) || Math.Abs(nearest - value) <= Math.Abs(neighbour - value),
                    $"{value} as {type} became {nearest}, {neighbour} is nearer");
        });

    [Theory]
    [InlineData(DType.F32, DType.F16, 65520.0)]
    [InlineData(DType.F64, DType.F16, -1e9)]
    [InlineData(DType.F32, DType.BF16, 3.4e38)]
    [InlineData(DType.F64, DType.BF16, 1e39)]
    [InlineData(DType.F64, DType.F32, 1e39)]
    public void A_finite_number_that_would_become_infinite_is_refused(DType from, DType to, double value)
    {
        var tensor = MemoryTensor.Of("big.weight", [1], (double[])[value]).CastTo(from);
        var thrown = Assert.Throws<BadInputException>(() => tensor.CastTo(to).Bytes());
        Assert.Contains("'big.weight'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(to.HeaderName(), thrown.Expected, StringComparison.Ordinal);
        if (to == DType.F32) Assert.Throws<BadInputException>(() => tensor.ReadSingles());
    }

    [Theory]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    [InlineData(DType.F32)]
    public void Infinity_and_NaN_stay_what_they_are(DType to)
        => Assert.Equal([double.PositiveInfinity, double.NegativeInfinity, double.NaN],
            MemoryTensor.Of("w", [3], (double[])[double.PositiveInfinity, double.NegativeInfinity, double.NaN]).CastTo(to).ReadDoubles());

    [Fact]
    public void Integers_of_every_type_are_read_as_numbers()
    {
        AssertAll(DType.I8, (sbyte[])[-128, 0, 127], [-128, 0, 127]);
        AssertAll(DType.U8, (byte[])[0, 255], [0, 255]);
        AssertAll(DType.I16, (short[])[short.MinValue, short.MaxValue], [short.MinValue, short.MaxValue]);
        AssertAll(DType.U16, (ushort[])[65535], [65535]);
        AssertAll(DType.I32, (int[])[int.MinValue, 65536], [int.MinValue, 65536]);
        AssertAll(DType.U32, (uint[])[1u << 31], [1L << 31]);
        AssertAll(DType.I64, (long[])[-(1L << 40)], [-(1L << 40)]);
        AssertAll(DType.U64, (ulong[])[1UL << 40], [1L << 40]);
        AssertAll(DType.Bool, (byte[])[0, 1, 1], [0, 1, 1]);
    }

    [Fact]
    public void An_unsigned_number_beyond_int64_is_refused()
        => Assert.Contains(
            "18446744073709551615",
            Assert.Throws<BadInputException>(() => Of(DType.U64, (ulong[])[ulong.MaxValue]).ReadInt64s()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Floats_are_not_read_as_integers()
        => Assert.Throws<BadInputException>(() => MemoryTensor.Of("w", [1], (float[])[1]).ReadInt64s());

    [Fact]
    public void Only_floating_point_types_can_be_cast_to()
        => Assert.Throws<ArgumentException>(() => MemoryTensor.Of("w", [1], (float[])[1]).CastTo(DType.I8));

    [Fact]
    public void A_cast_to_the_own_type_is_the_tensor_itself()
    {
        var tensor = MemoryTensor.Of("w", [1], (float[])[1]);
        Assert.Same(tensor, tensor.CastTo(DType.F32));
    }

    [Fact]
    public void A_cast_tensor_is_read_from_any_byte_on()
        => Gen.Select(Gen.Int[0, 400], Gen.Int[0, 400], Gen.OneOf(DType.F16, DType.BF16, DType.F64)).Sample((from, to, type) =>
        {
            var tensor = MemoryTensor.Of("w", [50], [.. Enumerable.Range(0, 50).Select(i => i * 0.37f - 3)]).CastTo(type);
            var whole = tensor.Bytes();
            (from, to) = (Math.Min(from, to) % (whole.Length + 1), Math.Max(from, to) % (whole.Length + 1));
            if (from > to) (from, to) = (to, from);
            var part = new byte[to - from];
            tensor.ReadBytes(from, part);
            Assert.Equal(whole[from..to], part);
        }, iter: 300);

    [Fact]
    public void Long_tensors_are_converted_piece_by_piece_without_a_seam()
    {
        const int Count = 200_003;
        var values = Enumerable.Range(0, Count).Select(i => (float)(i % 2039)).ToArray();
        var half = MemoryTensor.Of("w", [Count], values).CastTo(DType.F16);
        Assert.Equal(values, half.ReadSingles());
        Assert.Equal(values.Select(v => (double)v), half.ReadDoubles());
        Assert.Equal(values, MemoryTensor.Of("w", [Count], values).ReadSingles());
    }

    [Fact]
    public void A_destination_of_another_length_is_refused()
        => Assert.Throws<ArgumentException>(() => MemoryTensor.Of("w", [2], (float[])[1, 2]).ToSingle(new float[3]));

    [Fact]
    public void Bytes_are_the_same_only_with_type_and_shape()
    {
        var a = MemoryTensor.Of("a", [2, 3], (float[])[1, 2, 3, 4, 5, 6]);
        Assert.True(TensorConversion.SameBytes(a, MemoryTensor.Of("b", [2, 3], (float[])[1, 2, 3, 4, 5, 6])));
        Assert.False(TensorConversion.SameBytes(a, MemoryTensor.Of("a", [3, 2], (float[])[1, 2, 3, 4, 5, 6])));
        Assert.False(TensorConversion.SameBytes(a, MemoryTensor.Of("a", [2, 3], (float[])[1, 2, 3, 4, 5, 7])));
        Assert.False(TensorConversion.SameBytes(a, new MemoryTensor("a", DType.I32, [2, 3], a.Bytes())));
    }

    static void AssertAll<T>(DType type, T[] stored, long[] values) where T : unmanaged
    {
        var tensor = Of(type, stored);
        Assert.Equal(values, tensor.ReadInt64s());
        Assert.Equal(values.Select(v => (float)v), tensor.ReadSingles());
        Assert.Equal(values.Select(v => (double)v), tensor.ReadDoubles());
        Assert.Equal(values.Select(v => (double)v), tensor.CastTo(DType.F64).ReadDoubles());
    }

    static MemoryTensor Of<T>(DType type, T[] values) where T : unmanaged
        => new("w", type, [values.Length], MemoryMarshal.AsBytes(values.AsSpan()).ToArray());
}
