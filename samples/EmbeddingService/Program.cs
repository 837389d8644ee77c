using EmbeddingService;
using FFSplit.Checkpoints;
using FFSplit.Runtime;
using Microsoft.Extensions.AI;

// An embedding service in the form of OpenAI's, so that existing clients work:
// dotnet run --project samples/EmbeddingService -- --Model out/minilm-onnx --urls http://localhost:8080
var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddFFSplitEmbeddingGenerator(o =>
{
    o.Folder = builder.Configuration["Model"] ?? "";
    // Calls that wait longer than anybody would are better refused: 429 tells the client to come back.
    o.Runtime = new RuntimeOptions { WaitingCalls = builder.Configuration.GetValue("WaitingCalls", 256) };
});
builder.Services.AddHealthChecks();
builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
// Requests that were accepted are answered before the process ends.
builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(60));

var app = builder.Build();
// Loaded now: a service that cannot work should not start.
app.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
app.MapHealthChecks("/health");
app.MapGet("/metrics", () => Results.Text(Counters.Text(), "text/plain; version=0.0.4"));
app.MapPost("/v1/embeddings", async (EmbeddingRequest request, IEmbeddingGenerator<string, Embedding<float>> generator, CancellationToken cancellation) =>
{
    Counters.Taken();
    try
    {
        // What is wrong with a request is said before anything is computed.
        var (texts, asBase64) = (request.Texts(), request.AsBase64);
        var made = await generator.GenerateAsync(texts, new EmbeddingGenerationOptions { Dimensions = request.Dimensions }, cancellation);
        Counters.Answered(made.Count, made.Usage?.InputTokenCount ?? 0);
        return Results.Json(EmbeddingAnswer.Of(made, asBase64), WireJson.Default.EmbeddingAnswer);
    }
    catch (Exception e) when (e is BadUsageException or BadInputException or RuntimeBusyException)
    {
        Counters.Refused();
        return Results.Json(new ErrorAnswer(new ErrorDetail(e.Message, e is RuntimeBusyException ? "rate_limit_error" : "invalid_request_error")),
            WireJson.Default.ErrorAnswer, statusCode: e is RuntimeBusyException ? StatusCodes.Status429TooManyRequests : StatusCodes.Status400BadRequest);
    }
});
// Equal numbers at the end are the proof that nobody was left without an answer.
app.Lifetime.ApplicationStopped.Register(() => Console.WriteLine(Counters.Summary()));
app.Run();
