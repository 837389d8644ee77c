using FFSplit.Checkpoints;
using FFSplit.Runtime;
using Microsoft.Extensions.AI;

namespace FFSplit.Extensions.AI;

/// <summary>An exported sentence encoder as Microsoft.Extensions.AI knows it. Any number of threads may use it at once.</summary>
public sealed class FFSplitEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    /// <summary>The key in a usage's additional counts of the texts that were longer than the model takes and were cut.</summary>
    public const string TextsCut = "texts_cut";

    const string Provider = "ffsplit";

    readonly ExportedModel _model;
    readonly TextEmbedder _embedder;
    readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Loads a folder that ffsplit export wrote; disposing lets it go.</summary>
    /// <param name="folder">Of a sentence encoder.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="BadInputException">The folder is no export of a sentence encoder.</exception>
    public FFSplitEmbeddingGenerator(string folder, RuntimeOptions? options = null)
    {
        _model = ExportedModel.Load(folder, options);
        try
        {
            _embedder = new TextEmbedder(_model);
        }
        catch
        {
            _model.Dispose();
            throw;
        }
        _metadata = new EmbeddingGeneratorMetadata(Provider, providerUri: null, _model.Name, _embedder.Dimensions);
    }

    /// <inheritdoc/>
    /// <exception cref="BadUsageException">More dimensions than the model gives, or another model's name.</exception>
    /// <exception cref="BadInputException">A text that is too long where that is refused.</exception>
    /// <exception cref="RuntimeBusyException">Too many calls wait.</exception>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        var size = Size(options);
        var texts = values.ToArray();
        if (texts.Length == 0) return [];
        var (vectors, usage) = await _embedder.EmbedAsync(texts, cancellationToken).ConfigureAwait(false);
        var now = DateTimeOffset.UtcNow;
        return new GeneratedEmbeddings<Embedding<float>>(vectors.Select(v => new Embedding<float>(Shortened(v, size)) { CreatedAt = now, ModelId = _model.Name }))
        {
            Usage = new UsageDetails
            {
                InputTokenCount = usage.Tokens,
                TotalTokenCount = usage.Tokens,
                AdditionalCounts = new() { [TextsCut] = usage.TextsCut },
            },
        };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(ExportedModel) ? _model
            : serviceType == typeof(TextEmbedder) ? _embedder
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    int Size(EmbeddingGenerationOptions? options)
    {
        if (options?.ModelId is { } name && name != _model.Name)
            throw new BadUsageException($"ModelId: expected {_model.Name}, the model that is loaded, or nothing, found {name}.");
        var size = options?.Dimensions ?? _embedder.Dimensions;
        return size >= 1 && size <= _embedder.Dimensions ? size
            : throw new BadUsageException($"Dimensions: expected 1 to {_embedder.Dimensions}, what {_model.Name} gives, found {size}.");
    }

    // The first dimensions, of length 1 again: what models trained for that (Matryoshka, arXiv 2205.13147) expect.
    static float[] Shortened(float[] vector, int size)
    {
        if (size == vector.Length) return vector;
        var shorter = vector[..size];
        var length = Math.Sqrt(shorter.Sum(v => (double)v * v));
        return length > 0 ? Array.ConvertAll(shorter, v => (float)(v / length)) : shorter;
    }
}
