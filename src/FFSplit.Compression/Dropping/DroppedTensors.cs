using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Compression.Dropping;

/// <summary>
/// The tensors of a model with fewer layers, under the source's own names: a kept block takes those of the block whose place it takes.
/// </summary>
/// <param name="dense">The dense model.</param>
/// <param name="kept">Layers to keep, ascending.</param>
sealed class DroppedTensors(Checkpoint dense, IReadOnlyList<int> kept)
{
    readonly string[] _prefixes = [.. dense.Architecture.Blocks.Select(Prefix)];

    /// <summary>All tensors to write: byte for byte, but for repaired ones.</summary>
    public IEnumerable<TensorData> All(RepairedStore repaired)
    {
        var places = Enumerable.Range(0, kept.Count).ToDictionary(i => kept[i]);
        foreach (var tensor in dense.Weights.Tensors.Values)
        {
            // What lies beside a block's weights (stored masks) goes with it.
            var block = Array.FindIndex(_prefixes, p => tensor.Name.StartsWith(p, StringComparison.Ordinal));
            if (block < 0) yield return tensor;
            else if (places.TryGetValue(block, out var place))
            {
                var name = _prefixes[place] + tensor.Name[_prefixes[block].Length..];
                yield return new RenamedTensor(name, repaired.Find(tensor.Name) ?? tensor);
            }
        }
    }

    // What all names of a block begin with, up to a dot: it ends with the block's number, whatever the dialect.
    static string Prefix(Block block)
    {
        var names = block.Bindings.Select(b => b.Name).ToArray();
        var length = 0;
        while (names.All(n => n.Length > length && n[length] == names[0][length])) length++;
        return names[0][..(names[0].LastIndexOf('.', length - 1) + 1)];
    }
}
