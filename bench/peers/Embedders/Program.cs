using System.Diagnostics;
using System.Numerics.Tensors;
using System.Text.Json;
using FFSplit.Bench.Peers;

// Embedders TEXTS VOCAB DENSE THREADS ROUNDS EXPORT...: texts a second of libraries for .NET that embed with MiniLM, in turn, first round not counted.
// TEXTS: a text a line. DENSE: the dense model's export, for libraries that bring none. EXPORT: folders for our own runtime.
var texts = File.ReadAllLines(args[0]);
var (vocabulary, dense, threads, rounds) = (args[1], args[2], int.Parse(args[3], null), int.Parse(args[4], null));
IContender[] contenders = [new Own(dense, threads), new OneTextARun(dense, threads), new SentenceTransformersMiniLM(threads),
    .. threads == Environment.ProcessorCount ? (IContender[])[new AllMiniLmL6V2(dense, vocabulary)] : [], .. args[5..].Select(f => new Own(f, threads))];
var times = contenders.ToDictionary(c => c.Name, _ => new List<double>());
var cosines = new Dictionary<string, double>();
float[][]? first = null;
for (var round = 0; round <= rounds; round++)
    foreach (var contender in contenders)
    {
        var start = Stopwatch.GetTimestamp();
        var vectors = contender.Encode(texts);
        if (round > 0) times[contender.Name].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        first ??= vectors;
        cosines[contender.Name] = vectors.Zip(first, (a, b) => (double)TensorPrimitives.CosineSimilarity<float>(a, b)).Average();
    }
Console.WriteLine(JsonSerializer.Serialize(contenders.Select(c => new
{
    name = c.Name,
    texts_per_second = texts.Length / times[c.Name].Order().ElementAt(rounds / 2),
    cosine = cosines[c.Name],
})));
foreach (var contender in contenders) contender.Dispose();
