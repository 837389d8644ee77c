using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using FFSplit.Checkpoints;
using Microsoft.Extensions.AI;

namespace EmbeddingService;

/// <summary>What a client sends: OpenAI's form, texts only.</summary>
sealed record EmbeddingRequest(JsonElement Input, string? Model = null, [property: JsonPropertyName("encoding_format")] string? EncodingFormat = null,
    int? Dimensions = null)
{
    /// <summary>The body.</summary>
    /// <exception cref="BadHttpRequestException">It is no such JSON; with the status to answer.</exception>
    public static async Task<EmbeddingRequest> Read(HttpRequest http, CancellationToken cancellation)
    {
        if (!http.HasJsonContentType())
            throw new BadHttpRequestException($"Content-Type: expected application/json, found {http.ContentType ?? "nothing"}.",
                StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return await http.ReadFromJsonAsync(WireJson.Default.EmbeddingRequest, cancellation)
                ?? throw new BadHttpRequestException("body: expected an object with an input, found null.");
        }
        catch (JsonException e)
        {
            throw new BadHttpRequestException($"body: expected an object with an input, found {e.Message}", e);
        }
    }

    public bool AsBase64 => EncodingFormat switch
    {
        null or "float" => false,
        "base64" => true,
        _ => throw new BadUsageException($"encoding_format: expected float or base64, found '{EncodingFormat}'."),
    };

    /// <summary>One text, or several.</summary>
    public string[] Texts() => Input.ValueKind switch
    {
        JsonValueKind.String => [Input.GetString()!],
        JsonValueKind.Array when Input.GetArrayLength() > 0 && Input.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String)
            => [.. Input.EnumerateArray().Select(e => e.GetString()!)],
        _ => throw new BadUsageException("input: expected a text or a list of texts, at least one."),
    };
}

/// <summary>What it gets.</summary>
sealed record EmbeddingAnswer(string Object, IReadOnlyList<EmbeddingItem> Data, string Model, Usage Usage)
{
    public static EmbeddingAnswer Of(GeneratedEmbeddings<Embedding<float>> made, bool asBase64)
    {
        var tokens = made.Usage?.InputTokenCount ?? 0;
        return new("list", [.. made.Select((e, i) => new EmbeddingItem("embedding", i, Vector(e.Vector.Span, asBase64)))], made[0].ModelId ?? "",
            new Usage(tokens, tokens));
    }

    // Base64 of little-endian float32: what OpenAI's own clients ask for.
    static JsonElement Vector(ReadOnlySpan<float> values, bool asBase64) => asBase64
        ? JsonSerializer.SerializeToElement(Convert.ToBase64String(MemoryMarshal.AsBytes(values)), WireJson.Default.String)
        : JsonSerializer.SerializeToElement(values.ToArray(), WireJson.Default.SingleArray);
}

sealed record EmbeddingItem(string Object, int Index, JsonElement Embedding);

sealed record Usage([property: JsonPropertyName("prompt_tokens")] long PromptTokens, [property: JsonPropertyName("total_tokens")] long TotalTokens);

sealed record ErrorAnswer(ErrorDetail Error);

sealed record ErrorDetail(string Message, string Type);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EmbeddingRequest))]
[JsonSerializable(typeof(EmbeddingAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(float[]))]
sealed partial class WireJson : JsonSerializerContext;
