using BenchmarkDotNet.Attributes;
using FFSplit.Onnx.Exporting;
using FFSplit.Runtime;
using FFSplit.TestCommon;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Bench.Parts;

/// <summary>Texts to vectors with a model so small that what stands around it counts: tokens, batches, feeds, pooling.</summary>
public class EmbedderBenchmark : IDisposable
{
    readonly string[] _lines = Texts.Lines(64);
    TemporaryFolder? _folder;
    ExportedModel? _model;
    TextEmbedder? _embedder;

    /// <summary>Threads of the model.</summary>
    [Params(1)]
    public int Threads { get; set; }

    /// <summary>Makes a random encoder and exports it.</summary>
    [GlobalSetup]
    public void Export()
    {
        _folder = new TemporaryFolder();
        var model = TinyModel.Encoder(_folder.File("model"));
        OnnxExport.Run(new OnnxExportOptions { Model = model, Output = _folder.File("exported") });
        _model = ExportedModel.Load(_folder.File("exported"), new RuntimeOptions { Threads = Threads });
        _embedder = new TextEmbedder(_model);
    }

    /// <summary>Removes both.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _model?.Dispose();
        _folder?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>One text.</summary>
    [Benchmark]
    public float[] One() => _embedder!.Embed(_lines[0]);

    /// <summary>64 texts in one call.</summary>
    [Benchmark(OperationsPerInvoke = 64)]
    public IReadOnlyList<float[]> Many() => _embedder!.Embed(_lines).Vectors;
}
