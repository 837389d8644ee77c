using BenchmarkDotNet.Attributes;
using FFSplit.Compression.LowRank;
using FFSplit.Modeling.Native;
using static TorchSharp.torch;

namespace FFSplit.Bench.Parts;

/// <summary>The low-rank step of a layer: the light three quarters of an up matrix.</summary>
public class FactoringBenchmark : IDisposable
{
    Tensor? _matrix;

    /// <summary>d: of MiniLM, and of BERT-base.</summary>
    [Params(384, 768)]
    public int Width { get; set; }

    /// <summary>Draws the matrix.</summary>
    [GlobalSetup]
    public void Draw()
    {
        NativeThreads.WaitPassively();
        NativeMemory.TuneAllocator();
        TorchLibrary.Ensure();
        set_num_threads(1);
        random.manual_seed(1);
        _matrix = randn(3 * Width, Width);
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _matrix?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Rank 0.10 of the width, on one thread.</summary>
    /// <returns>The part that is lost.</returns>
    [Benchmark]
    public double Factor()
    {
        var (first, second, error) = TruncatedSvd.Factor(_matrix!, Width / 10);
        first.Dispose();
        second.Dispose();
        return error;
    }
}
