using System.Numerics;
using System.Runtime.InteropServices;
using FFSplit.Checkpoints.Architectures;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>
/// What one training pass drops: a function of its seed alone, whatever else draws random numbers in the process. libtorch's own dropout
/// draws from a generator that all threads share, and takes several times as long.
/// </summary>
/// <param name="places">Where, with which probability.</param>
/// <param name="seed">Of this pass.</param>
public sealed class DropoutSource(Dropouts places, long seed)
{
    uint _stream;

    /// <summary>Where, with which probability.</summary>
    public Dropouts Places => places;

    /// <summary>Zeroes elements with a probability and scales the others up; each call draws anew.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="probability">Below 1; null or 0 for nothing.</param>
    /// <returns>float32 where something is dropped, so that the scale is not rounded.</returns>
    public Tensor Drop(Tensor x, double? probability)
    {
        if (probability is not > 0) return x;
        var mask = empty(x.shape, dtype: ScalarType.Float32);
        Fill(MemoryMarshal.Cast<byte, float>(mask.bytes), Mix(unchecked((uint)seed ^ Mix((uint)(seed >> 32) ^ Mix(++_stream)))),
            probability.Value);
        return x * mask;
    }

    // One 32-bit number an element: Appleby's finaliser of MurmurHash3 over a counter that starts at the stream's key.
    static void Fill(Span<float> mask, uint key, double probability)
    {
        var (bound, scale) = ((uint)(probability * uint.MaxValue), (float)(1 / (1 - probability)));
        var counters = Vector.CreateSequence(key, 0x9E3779B9u);
        var stride = new Vector<uint>(unchecked(0x9E3779B9u * (uint)Vector<uint>.Count));
        var (bounds, scales) = (new Vector<uint>(bound), new Vector<float>(scale));
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(mask);
        for (var i = 0; i < vectors.Length; i++, counters += stride)
        {
            var bits = counters ^ (counters >>> 16);
            bits *= 0x85EBCA6Bu;
            bits ^= bits >>> 13;
            bits *= 0xC2B2AE35u;
            bits ^= bits >>> 16;
            vectors[i] = Vector.AsVectorSingle(Vector.AsVectorUInt32(scales) & Vector.GreaterThanOrEqual(bits, bounds));
        }
        for (var i = vectors.Length * Vector<float>.Count; i < mask.Length; i++)
            mask[i] = Mix(unchecked(key + (uint)i * 0x9E3779B9u)) >= bound ? scale : 0;
    }

    static uint Mix(uint bits)
    {
        unchecked
        {
            bits ^= bits >> 16;
            bits *= 0x85EBCA6Bu;
            bits ^= bits >> 13;
            bits *= 0xC2B2AE35u;
            return bits ^ (bits >> 16);
        }
    }
}
