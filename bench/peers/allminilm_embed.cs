#:package AllMiniLmL6V2Sharp@0.0.3
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package Microsoft.ML.OnnxRuntime.Managed@1.31.1
#:property PublishAot=false
using AllMiniLmL6V2Sharp;
using AllMiniLmL6V2Sharp.Tokenizer;

// allminilm_embed MODEL.onnx VOCAB: it has no setting for threads; measure.py pins the process to as many processors.
// Texts are handed over all at once where there are several, in batches of 32 of like lengths.
var tokenizer = new BertTokenizer(args[1]);
var embedder = new AllMiniLmL6V2Embedder(args[0], tokenizer);
EmbeddingWorker.Serve(texts =>
{
    var vectors = new float[texts.Length][];
    foreach (var chunk in Enumerable.Range(0, texts.Length).OrderByDescending(i => texts[i].Length).Chunk(32))
    {
        var made = embedder.GenerateEmbeddings(chunk.Select(i => texts[i])).Select(v => v.ToArray()).ToArray();
        for (var i = 0; i < chunk.Length; i++) vectors[chunk[i]] = made[i];
    }
    return vectors;
});
