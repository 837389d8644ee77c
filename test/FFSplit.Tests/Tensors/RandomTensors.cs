using CsCheck;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Tests.Tensors;

/// <summary>Generators of tensors of any type, up to four axes, none or some of them empty.</summary>
static class RandomTensors
{
    public static Gen<DType> Types => Gen.OneOf(Enum.GetValues<DType>());

    public static Gen<long[]> Shapes => Gen.Long[0, 5].Array[0, 4];

    public static Gen<MemoryTensor> One =>
        from name in Gen.String[Gen.Char["abcWéß字/\\\"'.0_ <>&"], 1, 12]
        from type in Types
        from shape in Shapes
        from bytes in Gen.Byte.Array[shape.Aggregate(1, (n, length) => n * (int)length) * type.Size()]
        select new MemoryTensor(name, type, shape, bytes);

    public static Gen<MemoryTensor[]> Several => One.Array[0, 8].Select(tensors => tensors.DistinctBy(t => t.Name).ToArray());

    public static byte[] Bytes(this TensorData tensor)
    {
        var bytes = new byte[tensor.ByteCount];
        tensor.ReadBytes(0, bytes);
        return bytes;
    }
}
