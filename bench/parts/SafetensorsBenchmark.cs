using BenchmarkDotNet.Attributes;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.TestCommon;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Bench.Parts;

/// <summary>A weight file of about 43 MB, MiniLM's layers: its header alone, and all its values.</summary>
public class SafetensorsBenchmark : IDisposable
{
    TemporaryFolder? _folder;
    string _path = "";

    /// <summary>Writes random weights.</summary>
    [GlobalSetup]
    public void Write()
    {
        _folder = new TemporaryFolder();
        _path = Path.Combine(TinyModel.Encoder(_folder.File("model"), new TinySize(384, 1536, 6, 12, 512)), "model.safetensors");
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Opens the file, which maps it and reads its header.</summary>
    /// <returns>Tensors.</returns>
    [Benchmark]
    public int Open()
    {
        using var file = SafetensorsFile.Open(_path);
        return file.Tensors.Count;
    }

    /// <summary>Reads every tensor as float32.</summary>
    /// <returns>Values.</returns>
    [Benchmark]
    public long Read()
    {
        using var file = SafetensorsFile.Open(_path);
        return file.Tensors.Values.Sum(t => (long)t.ReadSingles().Length);
    }
}
