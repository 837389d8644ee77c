using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;

namespace FFSplit.Compression.Quantization;

/// <summary>Which bits a block's matrices get: 8 with a scale for each output, 4 with one for each block of inputs.</summary>
/// <param name="Heavy">Of the heavy neurons.</param>
/// <param name="Light">Of the light part.</param>
/// <param name="Attention">Of the attention's projections.</param>
/// <param name="Block">Inputs that share a scale where there are 4 bits.</param>
public sealed record QuantizationBits(int Heavy = 8, int Light = 4, int Attention = 8, int Block = 32)
{
    /// <summary>The bits that runtimes have kernels for.</summary>
    public static IReadOnlyList<int> Known { get; } = [8, 4];

    /// <summary>A block's matrices, those that lie in one tensor together, and their form.</summary>
    internal IEnumerable<(IReadOnlyList<WeightBinding> Parts, CodeForm Form)> Of(Block block)
    {
        var (attention, ffn) = (block.Attention, block.FeedForward);
        return Matrices(attention.Bindings, Attention).Concat(Matrices(ffn.Heavy?.Bindings ?? [], Heavy)).Concat(Matrices(ffn.Light.Bindings, Light));
    }

    IEnumerable<(IReadOnlyList<WeightBinding> Parts, CodeForm Form)> Matrices(IEnumerable<WeightBinding> bindings, int bits)
        => bindings.Where(b => b.Shape.Count == 2).GroupBy(b => b.Name, StringComparer.Ordinal)
            .Select(g => ((IReadOnlyList<WeightBinding>)[.. g], new CodeForm(bits, bits == 8 ? 0 : Block)));
}
