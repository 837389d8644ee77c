using System.Globalization;
using System.Runtime.InteropServices;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Torch.Tests.Helpers;

/// <summary>Writes a BERT of any size with random weights, bytes made as they are written, so that a large one needs no memory.</summary>
static class RandomBert
{
    public static void Write(string folder, int layers = 12, int d = 768, int m = 3072, int vocabulary = 30522, int positions = 512)
    {
        Directory.CreateDirectory(folder);
        var tensors = new List<TensorData>();
        Add("embeddings.word_embeddings.weight", vocabulary, d);
        Add("embeddings.position_embeddings.weight", positions, d);
        Add("embeddings.token_type_embeddings.weight", 2, d);
        Norm("embeddings.LayerNorm");
        for (var i = 0; i < layers; i++)
        {
            foreach (var name in new[] { "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense" })
                Linear($"encoder.layer.{i}.{name}", d, d);
            Norm($"encoder.layer.{i}.attention.output.LayerNorm");
            Linear($"encoder.layer.{i}.intermediate.dense", m, d);
            Linear($"encoder.layer.{i}.output.dense", d, m);
            Norm($"encoder.layer.{i}.output.LayerNorm");
        }
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        File.WriteAllText(Path.Combine(folder, "config.json"), string.Create(CultureInfo.InvariantCulture,
            $"{{\"model_type\": \"bert\", \"architectures\": [\"BertModel\"], \"hidden_size\": {d}, \"intermediate_size\": {m}, \"num_attention_heads\": {d / 64}, \"num_hidden_layers\": {layers}, \"vocab_size\": {vocabulary}, \"max_position_embeddings\": {positions}, \"type_vocab_size\": 2}}"));
        // Digits and letters are tokens, so that any line of text is a sequence of known length.
        var words = new[] { "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]" }.Concat(Enumerable.Range(0, Math.Min(1000, vocabulary - 5)).Select(i => $"w{i}"));
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), words);

        void Add(string name, params long[] shape) => tensors.Add(new RandomTensor(name, shape, 0.04f, 0));
        void Norm(string name)
        {
            tensors.Add(new RandomTensor($"{name}.weight", [d], 0.1f, 1));
            tensors.Add(new RandomTensor($"{name}.bias", [d], 0.1f, 0));
        }
        void Linear(string name, int output, int input)
        {
            Add($"{name}.weight", output, input);
            Add($"{name}.bias", output);
        }
    }

    /// <summary>Lines of random words: with [CLS] and [SEP] each is a sequence of the given length.</summary>
    public static void WriteText(string path, int lines, int length)
    {
        var random = new Random(11);
        File.WriteAllLines(path, Enumerable.Range(0, lines).Select(_ => string.Join(' ', Enumerable.Range(0, length - 2).Select(_ => $"w{random.Next(1000)}"))));
    }

    /// <summary>Values uniform about a centre, a function of name and position alone.</summary>
    sealed class RandomTensor(string name, IReadOnlyList<long> shape, float width, float centre) : TensorData(name, DType.F32, shape)
    {
        readonly uint _seed = name.Aggregate(2166136261u, (hash, c) => unchecked((hash ^ c) * 16777619u));

        public override void ReadBytes(long offset, Span<byte> destination)
        {
            var values = MemoryMarshal.Cast<byte, float>(destination);
            var position = unchecked((uint)(offset / 4));
            for (var i = 0; i < values.Length; i++)
            {
                var bits = unchecked((position + (uint)i) * 2654435761u ^ _seed);
                bits = unchecked((bits ^ (bits >> 16)) * 2246822519u);
                bits = unchecked((bits ^ (bits >> 13)) * 3266489917u);
                values[i] = centre + width * ((bits >> 8) / (float)(1 << 24) - 0.5f);
            }
        }
    }
}
