#:project ../../src/FFSplit.Runtime/FFSplit.Runtime.csproj
#:package Microsoft.ML.OnnxRuntime@1.31.1
#:property PublishAot=false
using System.Diagnostics;
using System.Globalization;
using FFSplit.Checkpoints.Batches;
using FFSplit.Runtime;
using Microsoft.ML.OnnxRuntime;

// batches_and_loop FOLDER TEXTS THREADS ROUNDS [TOKENS]: all texts through TextEmbedder (batches of at most TOKENS), then each alone
// through a session, in turn; the same model file and tokenizer.
var (folder, texts, threads) = (args[0], File.ReadAllLines(args[1]), int.Parse(args[2]));
var options = new RuntimeOptions { Threads = threads };
if (args.Length > 4) options = options with { Batches = new BatchOptions { MaxTokens = int.Parse(args[4]) } };
using var model = ExportedModel.Load(folder, options);
var embedder = new TextEmbedder(model);
using var settings = new SessionOptions { IntraOpNumThreads = threads };
using var session = new InferenceSession(Path.Combine(folder, model.Record.ModelFile), settings);

var (batched, looped, least) = (new List<double>(), new List<double>(), 1.0);
// Memory grows to what the longest batch needs before anything is timed.
embedder.Embed(texts);
foreach (var text in texts.Take(50)) Alone(text);
for (var round = 0; round < int.Parse(args[3]); round++)
{
    var watch = Stopwatch.StartNew();
    var (vectors, _) = embedder.Embed(texts);
    batched.Add(texts.Length / watch.Elapsed.TotalSeconds);
    watch.Restart();
    var alone = texts.Select(Alone).ToArray();
    looped.Add(texts.Length / watch.Elapsed.TotalSeconds);
    for (var i = 0; i < texts.Length; i++) least = Math.Min(least, vectors[i].Zip(alone[i], (a, b) => a * b).Sum());
}
string Numbers(IEnumerable<double> values) => string.Join(", ", values.Select(v => v.ToString("F1", CultureInfo.InvariantCulture)));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $$"""
    {"texts": {{texts.Length}}, "batches_per_second": [{{Numbers(batched)}}], "loop_per_second": [{{Numbers(looped)}}],
     "least_cosine": {{least:F5}}}
    """));

// What connectors do that take one text at a time: a run for each, and pooling by hand.
float[] Alone(string text)
{
    var ids = model.Tokenizer.Encode(text, null, model.MaxLength).Ids.Select(i => (long)i).ToArray();
    long[] shape = [1, ids.Length];
    using var run = new RunOptions();
    using var a = OrtValue.CreateTensorValueFromMemory(ids, shape);
    using var b = OrtValue.CreateTensorValueFromMemory([.. ids.Select(_ => 1L)], shape);
    using var c = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
    using var results = session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [a, b, c], ["last_hidden_state"]);
    var hidden = results[0].GetTensorDataAsSpan<float>();
    var sum = new float[hidden.Length / ids.Length];
    for (var i = 0; i < hidden.Length; i++) sum[i % sum.Length] += hidden[i];
    var norm = MathF.Sqrt(sum.Sum(x => x * x));
    return Array.ConvertAll(sum, x => x / norm);
}
