using System.Globalization;
using System.Text.Json.Nodes;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Torch.Tests.Helpers;

/// <summary>Sizes of a random model.</summary>
sealed record TinySize(int Hidden = 24, int Intermediate = 64, int Layers = 2, int Heads = 2, int Positions = 40);

/// <summary>Writes small random models with tokenizers that fit, as they would lie on the hub.</summary>
static class TinyModel
{
    static readonly string[] Words = ["the", "sea", "was", "calm", "and", "a", "ship", "came", "home", "at", "night", "with", "old", "men",
        "who", "sang", "loud", "songs", "of", "rain"];

    /// <summary>A sentence encoder: BERT, WordPiece, mean pooling.</summary>
    public static string Encoder(string folder, TinySize? size = null, int seed = 1)
    {
        var s = size ?? new TinySize();
        Directory.CreateDirectory(Path.Combine(folder, "1_Pooling"));
        File.WriteAllText(Path.Combine(folder, "modules.json"), """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
            """);
        File.WriteAllText(Path.Combine(folder, "1_Pooling", "config.json"), $$"""{"word_embedding_dimension": {{s.Hidden}}, "pooling_mode_mean_tokens": true}""");
        var weights = new Weights(seed);
        AddBert(weights, folder, "BertModel", s);
        weights.Write(folder);
        return folder;
    }

    /// <summary>A classifier: BERT, WordPiece, a pooler and an output for each label.</summary>
    public static string Classifier(string folder, string[] labels, int seed = 1)
    {
        var s = new TinySize();
        Directory.CreateDirectory(folder);
        var weights = new Weights(seed);
        AddBert(weights, folder, "BertForSequenceClassification", s, "bert.");
        Configure(folder, "id2label", new JsonObject(labels.Select((l, i) => KeyValuePair.Create(i.ToString(CultureInfo.InvariantCulture), (JsonNode?)l))));
        weights.AddLinear("bert.pooler.dense", s.Hidden, s.Hidden);
        weights.AddLinear("classifier", labels.Length, s.Hidden);
        weights.Write(folder);
        return folder;
    }

    static void AddBert(Weights weights, string folder, string architecture, TinySize s, string prefix = "")
    {
        string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words];
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', vocabulary) + "\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class": "BertTokenizer", "do_lower_case": true}""");
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"architectures": ["{{architecture}}"], "model_type": "bert", "hidden_act": "gelu", "hidden_size": {{s.Hidden}}, "intermediate_size": {{s.Intermediate}},
             "num_attention_heads": {{s.Heads}}, "num_hidden_layers": {{s.Layers}}, "vocab_size": {{vocabulary.Length}}, "max_position_embeddings": {{s.Positions}}, "type_vocab_size": 2}
            """);
        weights.Add(prefix + "embeddings.word_embeddings.weight", vocabulary.Length, s.Hidden);
        weights.Add(prefix + "embeddings.position_embeddings.weight", s.Positions, s.Hidden);
        weights.Add(prefix + "embeddings.token_type_embeddings.weight", 2, s.Hidden);
        weights.AddNorm(prefix + "embeddings.LayerNorm", s.Hidden);
        for (var i = 0; i < s.Layers; i++)
        {
            var layer = $"{prefix}encoder.layer.{i}";
            foreach (var name in new[] { "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense" })
                weights.AddLinear($"{layer}.{name}", s.Hidden, s.Hidden);
            weights.AddNorm($"{layer}.attention.output.LayerNorm", s.Hidden);
            weights.AddLinear($"{layer}.intermediate.dense", s.Intermediate, s.Hidden);
            weights.AddLinear($"{layer}.output.dense", s.Hidden, s.Intermediate);
            weights.AddNorm($"{layer}.output.LayerNorm", s.Hidden);
        }
    }

    /// <summary>A causal model: OPT, byte-level BPE without merges.</summary>
    public static string Decoder(string folder, TinySize? size = null, int seed = 1)
    {
        var s = size ?? new TinySize();
        Directory.CreateDirectory(folder);
        var vocabulary = new JsonObject { ["</s>"] = 0 };
        foreach (var letter in "abcdefghijklmnopqrstuvwxyzĠ.ĊĠ,'".Distinct()) vocabulary[letter.ToString()] = vocabulary.Count;
        File.WriteAllText(Path.Combine(folder, "vocab.json"), vocabulary.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "merges.txt"), "#version: 0.2\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"),
            """{"tokenizer_class": "GPT2Tokenizer", "bos_token": "</s>", "eos_token": "</s>", "unk_token": "</s>", "pad_token": "</s>"}""");
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"architectures": ["OPTForCausalLM"], "model_type": "opt", "activation_function": "relu", "hidden_size": {{s.Hidden}}, "word_embed_proj_dim": {{s.Hidden}}, "ffn_dim": {{s.Intermediate}},
             "num_attention_heads": {{s.Heads}}, "num_hidden_layers": {{s.Layers}}, "vocab_size": {{vocabulary.Count}}, "max_position_embeddings": {{s.Positions}}, "do_layer_norm_before": true}
            """);
        var weights = new Weights(seed);
        weights.Add("model.decoder.embed_tokens.weight", vocabulary.Count, s.Hidden);
        weights.Add("model.decoder.embed_positions.weight", s.Positions + 2, s.Hidden);
        weights.AddNorm("model.decoder.final_layer_norm", s.Hidden);
        for (var i = 0; i < s.Layers; i++)
        {
            var layer = $"model.decoder.layers.{i}";
            foreach (var name in new[] { "q_proj", "k_proj", "v_proj", "out_proj" })
                weights.AddLinear($"{layer}.self_attn.{name}", s.Hidden, s.Hidden);
            weights.AddNorm($"{layer}.self_attn_layer_norm", s.Hidden);
            weights.AddLinear($"{layer}.fc1", s.Intermediate, s.Hidden);
            weights.AddLinear($"{layer}.fc2", s.Hidden, s.Intermediate);
            weights.AddNorm($"{layer}.final_layer_norm", s.Hidden);
        }
        weights.Write(folder);
        return folder;
    }

    /// <summary>Lines of known words.</summary>
    public static string Text(string path, int lines = 40, int seed = 1)
    {
        var random = new Random(seed);
        File.WriteAllLines(path, Enumerable.Range(0, lines)
            .Select(_ => string.Join(' ', Enumerable.Range(0, 6 + random.Next(6)).Select(_ => Words[random.Next(Words.Length)]))));
        return path;
    }

    /// <summary>A table of sentence pairs with scores, as STS-B has them.</summary>
    public static string Pairs(string path, int rows = 30, int seed = 1)
    {
        var random = new Random(seed);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 6).Select(_ => Words[random.Next(Words.Length)]));
        File.WriteAllLines(path,
            ["sentence1\tsentence2\tscore", .. Enumerable.Range(0, rows)
            .Select(_ => string.Create(CultureInfo.InvariantCulture, $"{Sentence()}\t{Sentence()}\t{5 * random.NextDouble():F3}"))]);
        return path;
    }

    /// <summary>Changes a folder's config.json.</summary>
    public static void Configure(string folder, string key, JsonNode? value)
    {
        var path = Path.Combine(folder, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        config[key] = value;
        File.WriteAllText(path, config.ToJsonString());
    }

    sealed class Weights(int seed)
    {
        readonly Random _random = new(seed);
        readonly List<TensorData> _tensors = [];

        public void AddLinear(string name, int output, int input)
        {
            Add($"{name}.weight", output, input);
            Add($"{name}.bias", output);
        }

        public void AddNorm(string name, int size)
        {
            Add($"{name}.weight", size);
            Add($"{name}.bias", size);
        }

        public void Add(string name, params int[] shape)
        {
            var values = new float[shape.Aggregate(1, (a, b) => a * b)];
            for (var i = 0; i < values.Length; i++) values[i] = (float)(_random.NextDouble() - 0.5);
            _tensors.Add(MemoryTensor.Of(name, [.. shape.Select(l => (long)l)], values));
        }

        public void Write(string folder)
            => SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), _tensors, new Dictionary<string,
            string>
            { ["format"] = "pt" });
    }
}
