using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;

namespace FFSplit.Compression.Statistics;

/// <summary>Collects <see cref="NeuronStatistics"/> while a dense model runs.</summary>
public sealed class StatisticsCollector : IFeedForwardProbe
{
    readonly NeuronAccumulator[] _first;
    readonly NeuronAccumulator[] _second;
    readonly long[] _tokens = new long[2];
    int[] _firstTokens = [];
    int[] _secondTokens = [];
    long _rows;

    /// <summary>Prepares for a dense architecture.</summary>
    public StatisticsCollector(Architecture architecture)
    {
        _first = [.. architecture.Blocks.Select(b => new NeuronAccumulator(b.FeedForward.HeavyCount))];
        _second = [.. architecture.Blocks.Select(b => new NeuronAccumulator(b.FeedForward.HeavyCount))];
    }

    /// <summary>Seconds spent in FFNs, without the collecting.</summary>
    public double FeedForwardSeconds { get; private set; }

    /// <summary>Seconds spent on collecting.</summary>
    public double CollectingSeconds { get; private set; }

    long _entered;
    double _collectedAtEntry;

    /// <summary>Call before a batch runs through all blocks. Rows fall into the halves by turns.</summary>
    public void Begin(Batch batch)
    {
        Select(batch);
        _rows += batch.Rows;
        _tokens[0] += _firstTokens.Length;
        _tokens[1] += _secondTokens.Length;
    }

    /// <summary>Call instead of <see cref="Begin"/> where a batch comes by again for its next block.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="firstRow">Rows of all batches before it.</param>
    public void Resume(Batch batch, long firstRow)
    {
        var rows = _rows;
        _rows = firstRow;
        Select(batch);
        _rows = rows;
    }

    /// <inheritdoc/>
    public void Entering(Block block, Tensor input) => (_entered, _collectedAtEntry) = (System.Diagnostics.Stopwatch.GetTimestamp(), CollectingSeconds);

    /// <inheritdoc/>
    public void Hidden(Block block, Tensor preActivation, Tensor hidden)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        var neurons = (int)hidden.shape[^1];
        unsafe
        {
            fixed (byte* pre = preActivation.contiguous().bytes)
            fixed (byte* h = hidden.contiguous().bytes)
            {
                var (preValues, hiddenValues) = (new Values((float*)pre), new Values((float*)h));
                // The halves have sums of their own, so that they can be added up side by side and still always in the same order.
                Parallel.Invoke(
                    () => Collect(_first[block.Index], _firstTokens, preValues, hiddenValues, neurons),
                    () => Collect(_second[block.Index], _secondTokens, preValues, hiddenValues, neurons));
            }
        }
        CollectingSeconds += System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Leaving(Block block, Tensor output)
        => FeedForwardSeconds += System.Diagnostics.Stopwatch.GetElapsedTime(_entered).TotalSeconds - (CollectingSeconds - _collectedAtEntry);

    /// <summary>What has been collected.</summary>
    public NeuronStatistics Result(StatisticsSource source) => new(source,
        new StatisticsHalf(_tokens[0], [.. _first.Select(a => a.Read())]), new StatisticsHalf(_tokens[1], [.. _second.Select(a => a.Read())]));

    void Select(Batch batch)
    {
        var first = new List<int>();
        var second = new List<int>();
        for (var row = 0; row < batch.Rows; row++)
        {
            var half = (_rows + row) % 2 == 0 ? first : second;
            for (var i = row * batch.Length; i < (row + 1) * batch.Length; i++)
                if (batch.AttentionMask[i] != 0) half.Add(i);
        }
        (_firstTokens, _secondTokens) = ([.. first], [.. second]);
    }

    static unsafe void Collect(NeuronAccumulator target, int[] tokens, Values preActivation, Values hidden, int neurons)
    {
        foreach (var token in tokens)
            target.Add(new ReadOnlySpan<float>(preActivation.Start + (long)token * neurons, neurons), new ReadOnlySpan<float>(hidden.Start + (long)token * neurons, neurons));
    }

    // A pointer that a lambda can hold.
    readonly unsafe struct Values(float* start)
    {
        public readonly float* Start = start;
    }
}
