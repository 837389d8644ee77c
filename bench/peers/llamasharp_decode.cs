#:package LLamaSharp@0.30.0
#:package LLamaSharp.Backend.Cpu@0.30.0
#:property PublishAot=false
using System.Diagnostics;
using System.Globalization;
using LLama;
using LLama.Common;
using LLama.Native;

// llamasharp_decode MODEL.gguf THREADS PROMPT NEW: as ffsplit_decode, by the package's own build of llama.cpp.
var (threads, prompt, count) = (int.Parse(args[1]), int.Parse(args[2]), int.Parse(args[3]));
NativeLibraryConfig.All.WithLogCallback((_, _) => { });
var parameters = new ModelParams(args[0])
{
    ContextSize = (uint)(prompt + count + 8),
    Threads = threads,
    BatchThreads = threads,
    GpuLayerCount = 0,
};
using var weights = LLamaWeights.LoadFromFile(parameters);
using var context = weights.CreateContext(parameters);
Console.WriteLine($$"""{"resident_mb": {{Environment.WorkingSet >> 20}}}""");
while (Console.ReadLine() is not null)
{
    context.NativeHandle.MemoryClear();
    var batch = new LLamaBatch();
    var watch = Stopwatch.StartNew();
    for (var i = 0; i < prompt; i++) batch.Add((LLamaToken)(300 + i * 37 % 1000), i, LLamaSeqId.Zero, i == prompt - 1);
    Decode();
    var first = watch.Elapsed.TotalSeconds;
    var said = new List<int>();
    for (var i = 0; i < count; i++)
    {
        var logits = context.NativeHandle.GetLogitsIth(batch.TokenCount - 1);
        var best = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(logits);
        said.Add(best);
        batch.Clear();
        batch.Add((LLamaToken)best, prompt + i, LLamaSeqId.Zero, true);
        Decode();
    }
    var seconds = watch.Elapsed.TotalSeconds - first;
    var resident = Environment.WorkingSet >> 20;
    var begin = string.Join(", ", said.Take(8));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $$"""{"prompt_seconds": {{first}}, "seconds": {{seconds}}, "tokens": {{count}}, "ids": [{{begin}}], "resident_mb": {{resident}}}"""));

    void Decode()
    {
        if (context.NativeHandle.Decode(batch) is not DecodeResult.Ok and var result)
            throw new InvalidOperationException($"decode: {result}");
    }
}
