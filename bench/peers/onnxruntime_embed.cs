#:package Microsoft.ML.OnnxRuntime@1.31.1
#:package Microsoft.ML.Tokenizers@2.0.1
#:property PublishAot=false
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

// onnxruntime_embed MODEL.onnx VOCAB THREADS: the session as a user writes it by hand, with batches of 32 texts of like lengths.
using var settings = new SessionOptions { IntraOpNumThreads = int.Parse(args[2]) };
using var session = new InferenceSession(args[0], settings);
// Accents fall away in uncased BERT, which this tokenizer leaves out unless told.
var tokenizer = BertTokenizer.Create(args[1], new BertOptions { RemoveNonSpacingMarks = true });
EmbeddingWorker.Serve(texts =>
{
    var ids = texts.Select(t => tokenizer.EncodeToIds(t)).ToArray();
    var vectors = new float[texts.Length][];
    foreach (var chunk in Enumerable.Range(0, texts.Length).OrderByDescending(i => ids[i].Count).Chunk(32)) Run(ids, chunk, vectors);
    return vectors;
});

void Run(IReadOnlyList<int>[] ids, int[] rows, float[][] vectors)
{
    var length = rows.Max(r => ids[r].Count);
    var (tokens, mask) = (new long[rows.Length * length], new long[rows.Length * length]);
    for (var row = 0; row < rows.Length; row++)
        for (var t = 0; t < ids[rows[row]].Count; t++)
            (tokens[row * length + t], mask[row * length + t]) = (ids[rows[row]][t], 1);
    long[] shape = [rows.Length, length];
    using var run = new RunOptions();
    using var a = OrtValue.CreateTensorValueFromMemory(tokens, shape);
    using var b = OrtValue.CreateTensorValueFromMemory(mask, shape);
    using var c = OrtValue.CreateTensorValueFromMemory(new long[tokens.Length], shape);
    using var results = session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [a, b, c], ["last_hidden_state"]);
    var hidden = results[0].GetTensorDataAsSpan<float>();
    var width = hidden.Length / tokens.Length;
    for (var row = 0; row < rows.Length; row++)
    {
        var sum = new float[width];
        for (var t = 0; t < ids[rows[row]].Count; t++)
            for (var k = 0; k < width; k++) sum[k] += hidden[(row * length + t) * width + k];
        var norm = MathF.Sqrt(sum.Sum(x => x * x));
        vectors[rows[row]] = Array.ConvertAll(sum, x => x / norm);
    }
}
