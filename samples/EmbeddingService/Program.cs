using EmbeddingService;
using FFSplit.Checkpoints;
using FFSplit.Extensions.AI;
using FFSplit.Runtime;
using Microsoft.Extensions.AI;

// An embedding service in the form of OpenAI's, so that existing clients work:
// dotnet run --project samples/EmbeddingService -- --Model out/minilm-onnx --urls http://localhost:8080
// A text that is longer than the model takes is cut and counted; with --RefuseLongTexts true it is refused.
var builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["Model"] is not { Length: > 0 } folder)
{
    Console.Error.WriteLine("--Model: expected a folder that ffsplit export wrote, found nothing. Name one: --Model FOLDER");
    return 2;
}
builder.Services.AddFFSplitEmbeddingGenerator(o =>
{
    o.Folder = folder;
    o.Runtime = new RuntimeOptions
    {
        // Calls that wait longer than anybody would are better refused: 429 tells the client to come back.
        WaitingCalls = builder.Configuration.GetValue("WaitingCalls", 256),
        RefuseLongTexts = builder.Configuration.GetValue("RefuseLongTexts", false),
    };
});
builder.Services.AddHealthChecks();
builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, WireJson.Default));
// Requests that were accepted are answered before the process ends.
builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(60));

var app = builder.Build();
IEmbeddingGenerator<string, Embedding<float>> generator;
try
{
    // Loaded now: a service that cannot work should not start.
    generator = app.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
}
catch (BadInputException e)
{
    Console.Error.WriteLine(e.Message);
    return 3;
}
app.MapHealthChecks("/health");
app.MapGet("/metrics", () => Results.Text(Counters.Text(), "text/plain; version=0.0.4"));
app.MapPost("/v1/embeddings", async (HttpRequest http, CancellationToken cancellation) =>
{
    Counters.Taken();
    try
    {
        var request = await EmbeddingRequest.Read(http, cancellation);
        // What is wrong with a request is said before anything is computed.
        var (texts, asBase64) = (request.Texts(), request.AsBase64);
        var made = await generator.GenerateAsync(texts, new EmbeddingGenerationOptions { Dimensions = request.Dimensions }, cancellation);
        Counters.Answered(made.Count, made.Usage?.InputTokenCount ?? 0, made.Usage?.AdditionalCounts?[FFSplitEmbeddingGenerator.TextsCut] ?? 0);
        return Results.Json(EmbeddingAnswer.Of(made, asBase64), WireJson.Default.EmbeddingAnswer);
    }
    catch (RuntimeBusyException e)
    {
        return Refused(e, "rate_limit_error", StatusCodes.Status429TooManyRequests);
    }
    catch (BadHttpRequestException e)
    {
        return Refused(e, "invalid_request_error", e.StatusCode);
    }
    catch (Exception e) when (e is BadUsageException or BadInputException)
    {
        return Refused(e, "invalid_request_error", StatusCodes.Status400BadRequest);
    }
});
// Equal numbers at the end are the proof that nobody was left without an answer.
app.Lifetime.ApplicationStopped.Register(() => Console.WriteLine(Counters.Summary()));
app.Run();
return 0;

static IResult Refused(Exception e, string type, int status)
{
    Counters.Refused();
    return Results.Json(new ErrorAnswer(new ErrorDetail(e.Message, type)), WireJson.Default.ErrorAnswer, statusCode: status);
}
