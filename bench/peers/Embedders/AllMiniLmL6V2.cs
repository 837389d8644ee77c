using AllMiniLmL6V2Sharp;
using AllMiniLmL6V2Sharp.Tokenizer;

namespace FFSplit.Bench.Peers;

/// <summary>The package AllMiniLmL6V2Sharp on a dense export; it has no setting for threads.</summary>
sealed class AllMiniLmL6V2(string folder, string vocabulary) : IContender
{
    readonly AllMiniLmL6V2Embedder _embedder = new(Path.Combine(folder, "onnx", "model.onnx"), new BertTokenizer(vocabulary, true, "[UNK]", 512), false);

    public string Name => "AllMiniLmL6V2Sharp 0.0.3";

    public float[][] Encode(string[] texts) => [.. texts.Select(t => _embedder.GenerateEmbedding(t).ToArray())];

    public void Dispose() => _embedder.Dispose();
}
