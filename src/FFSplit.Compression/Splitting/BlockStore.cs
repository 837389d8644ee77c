using System.Globalization;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Compression.Splitting;

/// <summary>Keeps finished blocks in files until the writer, which goes by names, comes to them.</summary>
sealed class BlockStore : IDisposable
{
    readonly string _folder;

    /// <param name="folder">Made, and removed with all it holds when disposed of.</param>
    public BlockStore(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public void Put(int block, SplitTensors tensors) => SafetensorsWriter.Write(File(block), tensors.Tensors.Values);

    public Dictionary<string, MemoryTensor> Get(int block)
    {
        using var file = SafetensorsFile.Open(File(block));
        return file.Tensors.Values.ToDictionary(t => t.Name, t =>
        {
            var bytes = new byte[t.ByteCount];
            t.ReadBytes(0, bytes);
            return new MemoryTensor(t.Name, t.Type, t.Shape, bytes);
        }, StringComparer.Ordinal);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    string File(int block) => Path.Combine(_folder, block.ToString("D4", CultureInfo.InvariantCulture) + ".safetensors");
}
