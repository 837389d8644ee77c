using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Walking;

/// <summary>Calibration batches at the door of the first block: their contexts and embedded hidden states.</summary>
public sealed class CalibrationStreams : IDisposable
{
    readonly List<HiddenStreams> _streams = [];
    readonly List<ForwardContext> _contexts = [];

    /// <summary>Embeds the batches; the embedding's weights are let go afterwards.</summary>
    /// <param name="checkpoint">Dense or split.</param>
    /// <param name="batches">The batches.</param>
    /// <param name="copies">How many streams start from the same embeddings (a dense and a split one).</param>
    /// <param name="memoryLimit">Bytes of all streams above which they lie in scratch files.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public CalibrationStreams(Checkpoint checkpoint, IReadOnlyList<Batch> batches, int copies, long memoryLimit, CancellationToken cancellation)
    {
        Batches = batches;
        var architecture = checkpoint.Architecture;
        long[][] shapes = [.. batches.Select(b => new long[] { b.Rows, b.Length, architecture.HiddenSize })];
        try
        {
            for (var i = 0; i < copies; i++) _streams.Add(new HiddenStreams(shapes, memoryLimit / copies));
            using var shared = new TorchWeights(checkpoint, architecture.Embeddings.Bindings.Concat(architecture.RelativeBias is { } r ? [r.Table] : []), cancellation);
            for (var i = 0; i < batches.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                _contexts.Add(new ForwardContext(architecture, batches[i], shared));
                var embedded = Forward.Embed(architecture.Embeddings, shared, _contexts[i]);
                foreach (var stream in _streams) stream.Store(i, embedded);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The batches.</summary>
    public IReadOnlyList<Batch> Batches { get; }

    /// <summary>One a batch.</summary>
    public IReadOnlyList<ForwardContext> Contexts => _contexts;

    /// <summary>The hidden states, one entry a copy.</summary>
    public IReadOnlyList<HiddenStreams> Streams => _streams;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var stream in _streams) stream.Dispose();
        foreach (var context in _contexts) context.Dispose();
    }
}
