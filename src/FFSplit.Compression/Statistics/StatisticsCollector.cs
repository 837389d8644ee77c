using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;

namespace FFSplit.Compression.Statistics;

/// <summary>Collects <see cref="NeuronStatistics"/> while a dense model runs.</summary>
public sealed class StatisticsCollector : IFeedForwardProbe
{
    // float64 copies of so many elements at a time stay in the processor's reach.
    const int ElementsPerChunk = 1 << 21;
    const double TopShare = 0.25;

    readonly Accumulator[] _first;
    readonly Accumulator[] _second;
    readonly long[] _tokens = new long[2];
    long[] _firstTokens = [];
    long[] _secondTokens = [];
    long _rows;

    /// <summary>Prepares for a dense architecture.</summary>
    public StatisticsCollector(Architecture architecture)
    {
        _first = [.. architecture.Blocks.Select(b => new Accumulator(b.FeedForward.HeavyCount))];
        _second = [.. architecture.Blocks.Select(b => new Accumulator(b.FeedForward.HeavyCount))];
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
        Collect(_first[block.Index], _firstTokens, preActivation, hidden);
        Collect(_second[block.Index], _secondTokens, preActivation, hidden);
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
        var first = new List<long>();
        var second = new List<long>();
        for (var row = 0; row < batch.Rows; row++)
        {
            var half = (_rows + row) % 2 == 0 ? first : second;
            for (var i = row * batch.Length; i < (row + 1) * batch.Length; i++)
                if (batch.AttentionMask[i] != 0) half.Add(i);
        }
        (_firstTokens, _secondTokens) = ([.. first], [.. second]);
    }

    static void Collect(Accumulator target, long[] tokens, Tensor preActivation, Tensor hidden)
    {
        var neurons = (int)hidden.shape[^1];
        var step = Math.Max(1, ElementsPerChunk / neurons);
        using var scope = NewDisposeScope();
        var (pre, h) = (preActivation.view(-1, neurons), hidden.view(-1, neurons));
        for (var start = 0; start < tokens.Length; start += step)
        {
            using var inner = NewDisposeScope();
            var rows = tensor(tokens[start..Math.Min(tokens.Length, start + step)]);
            target.Add(pre.index_select(0, rows), h.index_select(0, rows));
        }
    }

    sealed class Accumulator(int neurons)
    {
        readonly double[] _sum = new double[neurons];
        readonly double[] _squares = new double[neurons];
        readonly long[] _active = new long[neurons];
        readonly long[] _top = new long[neurons];

        public void Add(Tensor preActivation, Tensor hidden)
        {
            var wide = hidden.to(ScalarType.Float64);
            Add(_sum, wide.sum([0L]));
            Add(_squares, wide.mul_(wide).sum([0L]));
            Add(_active, preActivation.gt(0).sum([0L]));
            var size = hidden.abs();
            var count = Math.Max(1, (int)Math.Round(TopShare * neurons, MidpointRounding.AwayFromZero));
            // The count-th largest of each token is the (neurons − count + 1)-th smallest.
            var least = size.kthvalue(neurons - count + 1, dim: 1, keepdim: true).values;
            Add(_top, size.ge(least).logical_and(size.gt(0)).sum([0L]));
        }

        public LayerStatistics Read() => new([.. _sum], [.. _squares], [.. _active], [.. _top]);

        static void Add<T>(T[] target, Tensor values) where T : unmanaged, System.Numerics.INumber<T>
        {
            var i = 0;
            foreach (var value in values.contiguous().data<T>().ToArray()) target[i++] += value;
        }
    }
}
