using System.Globalization;
using System.Text;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Torch.Tests.Helpers;

/// <summary>
/// Writes a split checkpoint with random weights by hand (BERT-like, or LLaMA-like where gated), names and shapes as docs/format.md says,
/// and computes its FFNs in float64 by plain loops: nothing of the product is used but the safetensors writer.
/// </summary>
sealed class RandomSplitCheckpoint
{
    const int D = 12, M = 40, HeavyCount = 9, Rank = 5, Heads = 3, Vocabulary = 16, Positions = 8;

    readonly bool _gated;
    readonly LightKind[] _kinds;
    readonly Random _random;
    readonly Dictionary<string, (int[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);

    RandomSplitCheckpoint(bool gated, LightKind[] kinds, int seed) => (_gated, _kinds, _random) = (gated, kinds, new Random(seed));

    string Layer(int i) => _gated ? $"model.layers.{i}" : $"encoder.layer.{i}";

    public IEnumerable<long> FeedForwardParameters => _kinds.Select((_, i)
        => _tensors.Where(t => t.Key.StartsWith($"{Layer(i)}.ffn.", StringComparison.Ordinal)).Sum(t => (long)t.Value.Values.Length));

    public static RandomSplitCheckpoint Write(string folder, bool gated, LightKind[] kinds, int seed)
    {
        var checkpoint = new RandomSplitCheckpoint(gated, kinds, seed);
        checkpoint.Make();
        SafetensorsWriter.Write(Path.Combine(folder, "ffsplit.safetensors"),
            checkpoint._tensors.Select(t => (TensorData)MemoryTensor.Of(t.Key, [.. t.Value.Shape.Select(s => (long)s)], t.Value.Values)), null);
        File.WriteAllText(Path.Combine(folder, "config.json"), checkpoint.Config());
        return checkpoint;
    }

    string Config()
    {
        var layers = string.Join(", ", _kinds.Select(k => string.Create(CultureInfo.InvariantCulture,
            $"{{\"heavy\": {HeavyCount}, \"light\": \"{k.Name()}\", \"rank\": {(k is LightKind.LowRank or LightKind.Linear ? Rank : 0)}}}")));
        var text = new StringBuilder("{");
        text.Append(_gated
            ? "\"model_type\": \"ffsplit-llama\", \"architectures\": [\"LlamaModel\"], \"hidden_act\": \"silu\", \"rms_norm_eps\": 1e-6, "
            : "\"model_type\": \"ffsplit-bert\", \"architectures\": [\"BertModel\"], \"hidden_act\": \"gelu\", \"type_vocab_size\": 2, ");
        text.Append(CultureInfo.InvariantCulture, $"\"hidden_size\": {D}, \"intermediate_size\": {M}, \"num_attention_heads\": {Heads}, \"num_hidden_layers\": {_kinds.Length}, ");
        text.Append(CultureInfo.InvariantCulture, $"\"vocab_size\": {Vocabulary}, \"max_position_embeddings\": {Positions}, \"ffsplit\": {{\"version\": 1, \"layers\": [{layers}]}}}}");
        return text.ToString();
    }

    void Make()
    {
        if (_gated)
        {
            Add("model.embed_tokens.weight", Vocabulary, D);
            Add("model.norm.weight", D);
        }
        else
        {
            Add("embeddings.word_embeddings.weight", Vocabulary, D);
            Add("embeddings.position_embeddings.weight", Positions, D);
            Add("embeddings.token_type_embeddings.weight", 2, D);
            AddNorm("embeddings.LayerNorm");
        }
        for (var i = 0; i < _kinds.Length; i++)
        {
            var layer = Layer(i);
            if (_gated)
            {
                foreach (var name in new[] { "q_proj", "k_proj", "v_proj", "o_proj" }) Add($"{layer}.self_attn.{name}.weight", D, D);
                Add($"{layer}.input_layernorm.weight", D);
                Add($"{layer}.post_attention_layernorm.weight", D);
            }
            else
            {
                foreach (var name in new[] { "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense" }) AddLinear($"{layer}.{name}", D, D);
                AddNorm($"{layer}.attention.output.LayerNorm");
                AddNorm($"{layer}.output.LayerNorm");
            }
            AddFeedForward($"{layer}.ffn", _kinds[i]);
        }
    }

    void AddFeedForward(string ffn, LightKind kind)
    {
        AddNeurons($"{ffn}.heavy", HeavyCount);
        Add($"{ffn}.down.bias", D);
        var light = M - HeavyCount;
        switch (kind)
        {
            case LightKind.Dense: AddNeurons($"{ffn}.light", light); break;
            case LightKind.Linear:
                Add($"{ffn}.light.map_a.weight", Rank, D);
                Add($"{ffn}.light.map_b.weight", D, Rank);
                break;
            case LightKind.LowRank:
                foreach (var name in _gated ? new[] { "up", "gate" } : ["up"])
                {
                    Add($"{ffn}.light.{name}_a.weight", Rank, D);
                    Add($"{ffn}.light.{name}_b.weight", light, Rank);
                    if (!_gated) Add($"{ffn}.light.{name}_b.bias", light);
                }
                Add($"{ffn}.light.down_a.weight", Rank, light);
                Add($"{ffn}.light.down_b.weight", D, Rank);
                break;
            case LightKind.None: break;
        }
    }

    void AddNeurons(string prefix, int count)
    {
        foreach (var name in _gated ? new[] { "up", "gate" } : ["up"])
        {
            Add($"{prefix}.{name}.weight", count, D);
            if (!_gated) Add($"{prefix}.{name}.bias", count);
        }
        Add($"{prefix}.down.weight", D, count);
    }

    void AddLinear(string name, int output, int input)
    {
        Add($"{name}.weight", output, input);
        Add($"{name}.bias", output);
    }

    void AddNorm(string name)
    {
        Add($"{name}.weight", D);
        Add($"{name}.bias", D);
    }

    void Add(string name, params int[] shape)
        => _tensors.Add(name, (shape, [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)(_random.NextDouble() - 0.5))]));

    /// <summary>y of one layer's FFN for inputs (tokens × d), by the formulas of docs/format.md, float64.</summary>
    public double[] FeedForward(int layer, float[] input)
    {
        var ffn = $"{Layer(layer)}.ffn";
        var result = new List<double>();
        for (var token = 0; token < input.Length / D; token++)
        {
            double[] x = [.. input.Skip(token * D).Take(D).Select(v => (double)v)];
            var y = Bias($"{ffn}.down.bias", D);
            AddTo(y, Apply($"{ffn}.heavy.down", Hidden(n => Apply($"{ffn}.heavy.{n}", x))));
            switch (_kinds[layer])
            {
                case LightKind.Dense: AddTo(y, Apply($"{ffn}.light.down", Hidden(n => Apply($"{ffn}.light.{n}", x)))); break;
                case LightKind.Linear: AddTo(y, Pair($"{ffn}.light.map", x)); break;
                case LightKind.LowRank: AddTo(y, Pair($"{ffn}.light.down", Hidden(n => Pair($"{ffn}.light.{n}", x)))); break;
                case LightKind.None: break;
            }
            result.AddRange(y);
        }
        return [.. result];
    }

    double[] Hidden(Func<string, double[]> map)
    {
        var up = map("up");
        if (!_gated) return [.. up.Select(Gelu)];
        var gate = map("gate");
        return [.. up.Zip(gate, (u, g) => u * g / (1 + Math.Exp(-g)))];
    }

    double[] Pair(string name, double[] x) => Apply($"{name}_b", Apply($"{name}_a", x));

    double[] Apply(string name, double[] x)
    {
        var (shape, weight) = _tensors[$"{name}.weight"];
        var y = Bias($"{name}.bias", shape[0]);
        for (var o = 0; o < shape[0]; o++)
            for (var i = 0; i < shape[1]; i++) y[o] += weight[o * shape[1] + i] * x[i];
        return y;
    }

    double[] Bias(string name, int size) => _tensors.TryGetValue(name, out var bias) ? [.. bias.Values.Select(v => (double)v)] : new double[size];

    static void AddTo(double[] target, double[] values)
    {
        for (var i = 0; i < target.Length; i++) target[i] += values[i];
    }

    // x Φ(x) with the error function by its Taylor series, which converges fast for the small arguments here.
    static double Gelu(double x)
    {
        double z = x / Math.Sqrt(2), term = z, sum = z;
        for (var n = 1; n < 60; n++)
        {
            term *= -z * z / n;
            sum += term / (2 * n + 1);
        }
        return x * 0.5 * (1 + 2 / Math.Sqrt(Math.PI) * sum);
    }
}
