using FFSplit.Extensions.AI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers exported models.</summary>
public static class FFSplitServiceCollectionExtensions
{
    /// <summary>Registers a sentence encoder as the application's embedding generator: one for all, loaded when it is first asked for.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Names the folder.</param>
    /// <returns>A builder that puts caching, logging or telemetry around the generator.</returns>
    public static EmbeddingGeneratorBuilder<string, Embedding<float>> AddFFSplitEmbeddingGenerator(this IServiceCollection services,
        Action<FFSplitEmbeddingOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<FFSplitEmbeddingOptions>().Configure(configure)
            .Validate(o => !string.IsNullOrWhiteSpace(o.Folder), $"{nameof(FFSplitEmbeddingOptions.Folder)}: expected an exported folder, found nothing.");
        return services.AddEmbeddingGenerator(provider =>
        {
            var options = provider.GetRequiredService<IOptions<FFSplitEmbeddingOptions>>().Value;
            return new FFSplitEmbeddingGenerator(options.Folder, options.Runtime);
        });
    }
}
