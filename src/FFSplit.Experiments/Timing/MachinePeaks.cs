using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FFSplit.Modeling.Native;
using static TorchSharp.torch;

namespace FFSplit.Experiments.Timing;

/// <summary>What the machine reached beside the models: bounds for their figures, measured and not promised by a maker.</summary>
/// <param name="GigaflopsPerSecond">10⁹ operations a second of a large float32 matrix product, a multiply-accumulate being two.</param>
/// <param name="GigabytesPerSecond">10⁹ bytes a second read from memory.</param>
/// <param name="Method">How both were measured.</param>
public sealed record MachinePeaks(double GigaflopsPerSecond, double GigabytesPerSecond, string Method)
{
    // Sums need several chains, or their latency would be measured.
    const int Size = 2048, Repeats = 5, Bytes = 1 << 28, Chains = 4;

    /// <summary>Measures both, in about two seconds; takes 256 MB meanwhile.</summary>
    /// <param name="threads">How many threads compute and read.</param>
    /// <param name="cancellation">Looked at between two measurements.</param>
    public static MachinePeaks Measure(int threads, CancellationToken cancellation) => new(
        2.0 * Size * Size * Size / Product(threads, cancellation) / 1e9, Bytes / Read(threads, cancellation) / 1e9,
        $"the fastest of {Repeats} products of two {Size} × {Size} float32 matrices by libtorch, and of {Repeats} sums over {Bytes >> 20} "
            + $"MB in memory, on {threads} thread{(threads == 1 ? "" : "s")}");

    static double Product(int threads, CancellationToken cancellation)
    {
        TorchLibrary.Ensure();
        var before = get_num_threads();
        set_num_threads(threads);
        try
        {
            using var scope = NewDisposeScope();
            using var inference = inference_mode();
            var (a, b) = (rand(Size, Size), rand(Size, Size));
            return Fastest(() => matmul(a, b).Dispose(), cancellation);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    static double Read(int threads, CancellationToken cancellation)
    {
        var data = new long[Bytes / sizeof(long)];
        // Pages that nobody wrote to are all the same one.
        Array.Fill(data, 1);
        var share = data.Length / threads;
        return Fastest(() =>
        {
            var readers = Enumerable.Range(0, threads).Select(i => new Thread(() => Sum(data.AsSpan(i * share, share)))).ToArray();
            foreach (var reader in readers) reader.Start();
            foreach (var reader in readers) reader.Join();
        }, cancellation);
    }

    static double Fastest(Action action, CancellationToken cancellation)
    {
        action();
        var fastest = double.PositiveInfinity;
        for (var i = 0; i < Repeats; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return fastest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    static long Sum(ReadOnlySpan<long> values)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(values);
        var (a, b, c, d) = (Vector<long>.Zero, Vector<long>.Zero, Vector<long>.Zero, Vector<long>.Zero);
        for (var i = 0; i + Chains <= vectors.Length; i += Chains)
        {
            a += vectors[i];
            b += vectors[i + 1];
            c += vectors[i + 2];
            d += vectors[i + 3];
        }
        return Vector.Sum(a + b + c + d);
    }
}
