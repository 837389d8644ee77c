using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LLama;
using LLama.Common;
using LLama.Native;

// LLamaDecoder THREADS PROMPT TOKENS MODEL.gguf...: tokens a second of LLamaSharp, one token at a time after a prompt.
var (threads, prompt, tokens) = (Number(0), Number(1), Number(2));
NativeLogConfig.llama_log_set((level, message) => { });
var rows = new List<object>();
foreach (var path in args[3..])
{
    var parameters = new ModelParams(path) { Threads = threads, BatchThreads = threads, ContextSize = 512, GpuLayerCount = 0 };
    using var weights = LLamaWeights.LoadFromFile(parameters);
    using var context = weights.CreateContext(parameters);
    var batch = new LLamaBatch();
    for (var i = 0; i < prompt; i++) batch.Add(10 + i % 500, i, LLamaSeqId.Zero, i == prompt - 1);
    Decode();
    var times = new List<double>();
    for (var i = 0; i < tokens; i++)
    {
        batch.Clear();
        batch.Add(7, prompt + i, LLamaSeqId.Zero, true);
        var start = Stopwatch.GetTimestamp();
        Decode();
        times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
    rows.Add(new { name = "LLamaSharp " + Path.GetFileName(path), tokens_per_second = 1 / times.Order().ElementAt(tokens / 2) });

    void Decode()
    {
        if (context.Decode(batch) is var result and not DecodeResult.Ok) throw new InvalidOperationException($"{path}: {result}");
    }
}
Console.WriteLine(JsonSerializer.Serialize(rows));

int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
