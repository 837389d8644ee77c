#:project ../../src/FFSplit.Runtime/FFSplit.Runtime.csproj
using FFSplit.Runtime;

// embed_once FOLDER TEXT: the least that an application does; what is timed is its start up to this line.
using var model = ExportedModel.Load(args[0]);
var vector = new TextEmbedder(model).Embed(args[1]);
Console.WriteLine($"{vector.Length} {vector[0]:F4} {vector[1]:F4} {Environment.WorkingSet >> 20}");
