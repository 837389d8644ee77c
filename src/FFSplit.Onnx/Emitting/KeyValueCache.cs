using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>Keys and values of earlier tokens, in and out, under the names that Optimum and transformers.js use: each (batch × key-value
/// heads × tokens × head size).</summary>
sealed class KeyValueCache
{
    readonly GraphBuilder _graph;
    readonly IReadOnlyList<Block> _blocks;
    readonly (Value Key, Value Value)[] _past;
    readonly (Value Key, Value Value)?[] _present;

    /// <summary>Declares the inputs.</summary>
    public KeyValueCache(GraphBuilder graph, IReadOnlyList<Block> blocks)
    {
        (_graph, _blocks, _present) = (graph, blocks, new (Value, Value)?[blocks.Count]);
        _past = [.. blocks.Select((b, i) => (Input(i, "key", b.Attention), Input(i, "value", b.Attention)))];

        Value Input(int i, string what, Attention attention)
            => graph.Input($"past_key_values.{i}.{what}", DType.F32, Axes.Batch, attention.KeyValueHeads, Axes.PastLength,
                attention.HeadSize);
    }

    /// <summary>What came in.</summary>
    public (Value Key, Value Value) Past(Block block) => _past[block.Index];

    /// <summary>What goes out: earlier and new tokens joined.</summary>
    public void Keep(Block block, Value key, Value value) => _present[block.Index] = (key, value);

    /// <summary>Declares the outputs.</summary>
    public void DeclareOutputs()
    {
        for (var i = 0; i < _blocks.Count; i++)
        {
            Output(i, "key", _present[i]!.Value.Key);
            Output(i, "value", _present[i]!.Value.Value);
        }
    }

    void Output(int i, string what, Value value) => _graph.Output($"present.{i}.{what}", DType.F32, value,
        Axes.Batch, _blocks[i].Attention.KeyValueHeads, Axes.TotalLength, _blocks[i].Attention.HeadSize);
}
