using System.Globalization;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>Multi-head self-attention, with a cache of keys and values where the model generates.</summary>
static class AttentionEmitter
{
    /// <summary>What the attention adds to the residual stream.</summary>
    /// <param name="attention">The attention.</param>
    /// <param name="layer">Number of its block, for the names of the cache.</param>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="operators">How.</param>
    /// <param name="x">(rows × length × d).</param>
    /// <param name="sequence">Mask, positions, cache.</param>
    public static Addend Emit(Attention attention, int layer, GraphBuilder graph, OperatorSet operators, string x, SequenceContext sequence)
    {
        using var scope = graph.Scope("attention");
        var simple = attention is { Rotary: null, Causal: false, Window: null } && attention.KeyValueHeads == attention.Heads;
        var mixed = (simple && !sequence.Cached ? operators.WholeAttention(attention, x, sequence) : null) ?? Stepwise();
        return Addend.Of(operators.Weights.Product(mixed, attention.Output.Weight), attention.Output.Bias);

        string Stepwise()
        {
            var query = Heads(attention.Query, attention.Heads);
            var key = Heads(attention.Key, attention.KeyValueHeads);
            var value = Heads(attention.Value, attention.KeyValueHeads);
            if (attention.Rotary is { } rotary)
            {
                query = operators.Rotate(query, rotary, attention.HeadSize, sequence);
                key = operators.Rotate(key, rotary, attention.HeadSize, sequence);
            }
            if (sequence.Cached) (key, value) = (Remember("key", key), Remember("value", value));
            if (attention.Heads != attention.KeyValueHeads) (key, value) = (Repeat(key), Repeat(value));
            return operators.Attend(attention, query, key, value, sequence.ScoreBias(attention));
        }

        string Heads(Linear linear, int heads)
        {
            var flat = operators.Linear(x, linear);
            var split = graph.Add("Reshape", [flat, graph.Ints(0, 0, heads, attention.HeadSize)]);
            return graph.Add("Transpose", [split], new OnnxAttribute.Ints("perm", [0, 2, 1, 3]));
        }

        // Names as transformers.js and Optimum know them.
        string Remember(string what, string now)
        {
            OnnxLength[] Shape(string length) => ["batch_size", attention.KeyValueHeads, length, attention.HeadSize];
            var name = string.Create(CultureInfo.InvariantCulture, $"{layer}.{what}");
            var past = graph.Input($"past_key_values.{name}", OnnxType.Float, Shape("past_sequence_length"));
            var all = graph.Add("Concat", [past, now], new OnnxAttribute.Int("axis", 2));
            graph.Output($"present.{name}", all, OnnxType.Float, Shape("total_sequence_length"));
            return all;
        }

        string Repeat(string value)
        {
            var group = attention.Heads / attention.KeyValueHeads;
            var wide = graph.Add("Expand", [graph.Add("Unsqueeze", [value, graph.Ints(2)]), graph.Ints(1, 1, group, 1, 1)]);
            return graph.Add("Reshape", [wide, graph.Ints(0, attention.Heads, -1, attention.HeadSize)]);
        }
    }
}
