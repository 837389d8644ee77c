#:project ../../src/FFSplit.Runtime/FFSplit.Runtime.csproj
#:property PublishAot=false
using FFSplit.Runtime;

// ffsplit_embed FOLDER THREADS
using var model = ExportedModel.Load(args[0], new RuntimeOptions { Threads = int.Parse(args[1]) });
var embedder = new TextEmbedder(model);
EmbeddingWorker.Serve(texts => [.. embedder.Embed(texts).Vectors]);
