using System.Text.Json.Nodes;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Tests.Families;

/// <summary>A fabricated folder of a few numbers, to be bent in one place by a test.</summary>
sealed class TinyCheckpoint : IDisposable
{
    readonly TemporaryFolder _folder = new();

    TinyCheckpoint(JsonObject config, Dictionary<string, long[]> shapes)
    {
        Config = config;
        Tensors = shapes.ToDictionary(s => s.Key, s => Filled(s.Value, 0.5f));
    }

    public JsonObject Config { get; }

    /// <summary>By stored name.</summary>
    public Dictionary<string, (long[] Shape, float[] Values)> Tensors { get; }

    public string Folder => _folder.Path;

    /// <summary>BertModel without a head: hidden size 4, one layer, 6 ids.</summary>
    public static TinyCheckpoint Bert(string className = "BertModel")
    {
        var shapes = new Dictionary<string, long[]>
        {
            ["bert.embeddings.word_embeddings.weight"] = [6, 4],
            ["bert.embeddings.position_embeddings.weight"] = [5, 4],
            ["bert.embeddings.token_type_embeddings.weight"] = [2, 4],
        };
        Norm("bert.embeddings.LayerNorm");
        const string block = "bert.encoder.layer.0";
        foreach (var name in new[] { "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense" }) Linear($"{block}.{name}", 4, 4);
        Norm($"{block}.attention.output.LayerNorm");
        Linear($"{block}.intermediate.dense", 8, 4);
        Linear($"{block}.output.dense", 4, 8);
        Norm($"{block}.output.LayerNorm");
        if (className is "BertForMaskedLM" or "BertForPreTraining")
        {
            Linear("cls.predictions.transform.dense", 4, 4);
            Norm("cls.predictions.transform.LayerNorm");
            shapes["cls.predictions.bias"] = [6];
        }
        if (className == "BertForSequenceClassification")
        {
            Linear("bert.pooler.dense", 4, 4);
            Linear("classifier", 2, 4);
        }
        return new TinyCheckpoint(new JsonObject
        {
            ["model_type"] = "bert",
            ["architectures"] = new JsonArray(className),
            ["hidden_size"] = 4,
            ["num_hidden_layers"] = 1,
            ["num_attention_heads"] = 2,
            ["intermediate_size"] = 8,
            ["vocab_size"] = 6,
            ["max_position_embeddings"] = 5,
        }, shapes);

        void Linear(string name, int output, int input) => (shapes[$"{name}.weight"], shapes[$"{name}.bias"]) = ([output, input], [output]);
        void Norm(string name) => (shapes[$"{name}.weight"], shapes[$"{name}.bias"]) = ([4], [4]);
    }

    /// <summary>LlamaModel without a head: hidden size 4, one layer, 6 ids, heads of 2 dimensions.</summary>
    public static TinyCheckpoint Llama(string className = "LlamaModel", string modelType = "llama")
    {
        var shapes = new Dictionary<string, long[]> { ["model.embed_tokens.weight"] = [6, 4], ["model.norm.weight"] = [4] };
        const string block = "model.layers.0";
        foreach (var name in new[] { "q_proj", "k_proj", "v_proj", "o_proj" }) shapes[$"{block}.self_attn.{name}.weight"] = [4, 4];
        foreach (var name in new[] { "up_proj", "gate_proj" }) shapes[$"{block}.mlp.{name}.weight"] = [8, 4];
        shapes[$"{block}.mlp.down_proj.weight"] = [4, 8];
        foreach (var name in new[] { "input_layernorm", "post_attention_layernorm" }) shapes[$"{block}.{name}.weight"] = [4];
        if (className.EndsWith("ForCausalLM", StringComparison.Ordinal)) shapes["lm_head.weight"] = [6, 4];
        if (modelType == "qwen2")
            foreach (var name in new[] { "q_proj", "k_proj", "v_proj" }) shapes[$"{block}.self_attn.{name}.bias"] = [4];
        return new TinyCheckpoint(new JsonObject
        {
            ["model_type"] = modelType,
            ["architectures"] = new JsonArray(className),
            ["hidden_size"] = 4,
            ["num_hidden_layers"] = 1,
            ["num_attention_heads"] = 2,
            ["num_key_value_heads"] = 2,
            ["intermediate_size"] = 8,
            ["vocab_size"] = 6,
            ["max_position_embeddings"] = 16,
        }, shapes);
    }

    public TinyCheckpoint Add(string name, params long[] shape) => Add(name, 0.5f, shape);

    public TinyCheckpoint Add(string name, float value, params long[] shape)
    {
        Tensors[name] = Filled(shape, value);
        return this;
    }

    public TinyCheckpoint With(string key, JsonNode? value)
    {
        Config[key] = value;
        return this;
    }

    /// <summary>Names every tensor anew.</summary>
    public TinyCheckpoint Rename(Func<string, string> rename)
    {
        foreach (var (name, tensor) in Tensors.ToArray())
        {
            Tensors.Remove(name);
            Tensors.Add(rename(name), tensor);
        }
        return this;
    }

    /// <summary>Writes the folder and opens it.</summary>
    public Checkpoint Open(params string[] allowed)
    {
        _folder.Write("config.json", Config.ToJsonString());
        SafetensorsWriter.Write(_folder.File("model.safetensors"), Tensors.Select(t => (TensorData)MemoryTensor.Of(t.Key, t.Value.Shape, t.Value.Values)).ToArray());
        return Checkpoint.Open(_folder.Path, allowed);
    }

    /// <summary>Holds the message of the refusal against words that it must name.</summary>
    public void IsRefused(params string[] words)
    {
        var message = Assert.Throws<BadInputException>(() => Open().Dispose()).Message;
        foreach (var word in words) Assert.Contains(word, message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    static (long[], float[]) Filled(long[] shape, float value)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        Array.Fill(values, value);
        return (shape, values);
    }
}
