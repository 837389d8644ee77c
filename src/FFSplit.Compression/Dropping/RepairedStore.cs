using System.Globalization;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Compression.Dropping;

/// <summary>Keeps repaired tensors in mapped files, not in memory, until the writer comes to them.</summary>
/// <param name="folder">Made when needed, and removed with all it holds when disposed of.</param>
sealed class RepairedStore(string folder) : IDisposable
{
    readonly Dictionary<string, TensorData> _tensors = new(StringComparer.Ordinal);
    readonly List<SafetensorsFile> _files = [];

    /// <summary>Takes some tensors of the dense model in their new values, as the source's files lay them out.</summary>
    public void Put(IReadOnlyCollection<MemoryTensor> tensors)
    {
        if (tensors.Count == 0) return;
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, _files.Count.ToString(CultureInfo.InvariantCulture) + ".safetensors");
        SafetensorsWriter.Write(path, tensors);
        _files.Add(SafetensorsFile.Open(path));
        foreach (var (name, tensor) in _files[^1].Tensors) _tensors.Add(name, tensor);
    }

    /// <summary>The tensor of that name, or null.</summary>
    public TensorData? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files) file.Dispose();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
