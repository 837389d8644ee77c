namespace FFSplit.Checkpoints.Tensors;

/// <summary>Arithmetic on shapes that strangers wrote.</summary>
static class TensorShape
{
    /// <summary>Bytes of a row-major tensor, or null where a product on the way does not fit; lengths must not be negative.</summary>
    public static long? ByteCount(DType type, ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (var length in shape)
        {
            // The product is taken in TensorData's own order, so that what passes here does not overflow there.
            if (length != 0 && elements > long.MaxValue / length) return null;
            elements *= length;
        }
        return elements > long.MaxValue / type.Size() ? null : elements * type.Size();
    }
}
