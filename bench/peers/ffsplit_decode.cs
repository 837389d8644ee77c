#:project ../../src/FFSplit.Runtime/FFSplit.Runtime.csproj
#:property PublishAot=false
using System.Diagnostics;
using System.Globalization;
using FFSplit.Runtime;
using FFSplit.Runtime.Generation;

// ffsplit_decode FOLDER THREADS PROMPT NEW: one line of standard input, one decoding of NEW tokens after PROMPT
// tokens, always the likeliest token.
var (prompt, count) = (int.Parse(args[2]), int.Parse(args[3]));
using var model = ExportedModel.Load(args[0], new RuntimeOptions { Threads = int.Parse(args[1]) });
var generator = new TextGenerator(model);
var ids = Enumerable.Range(0, prompt).Select(i => 300 + i * 37 % 1000).ToArray();
Console.WriteLine($$"""{"resident_mb": {{Environment.WorkingSet >> 20}}}""");
while (Console.ReadLine() is not null)
{
    var watch = Stopwatch.StartNew();
    double? first = null;
    var tokens = -1;
    var said = new List<int>();
    foreach (var id in generator.GenerateIds(ids, new GenerationOptions { MaxTokens = count + 1 }))
    {
        first ??= watch.Elapsed.TotalSeconds;
        tokens++;
        said.Add(id);
    }
    var seconds = watch.Elapsed.TotalSeconds - first!.Value;
    var resident = Environment.WorkingSet >> 20;
    var begin = string.Join(", ", said.Take(8));
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $$"""{"prompt_seconds": {{first}}, "seconds": {{seconds}}, "tokens": {{tokens}}, "ids": [{{begin}}], "resident_mb": {{resident}}}"""));
}
