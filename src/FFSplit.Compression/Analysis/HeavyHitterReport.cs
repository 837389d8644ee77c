using System.Text.Json.Serialization;

namespace FFSplit.Compression.Analysis;

/// <summary>What an analysis found: the paper's first questions, answered for one model and one text. Terminal, JSON and later views render this.</summary>
public sealed record HeavyHitterReport
{
    /// <summary>The model's folder name.</summary>
    public required string Model { get; init; }

    /// <summary>Its family.</summary>
    public required string ModelType { get; init; }

    /// <summary>The calibration data in words.</summary>
    public required string Data { get; init; }

    /// <summary>Whether that was the built-in text, which belongs to no task.</summary>
    public required bool GenericData { get; init; }

    /// <summary>Real tokens that were looked at.</summary>
    public required long Tokens { get; init; }

    /// <summary>Of the choice of samples.</summary>
    public required long Seed { get; init; }

    /// <summary>The fraction of neurons that count as heavy.</summary>
    public required double HeavyShare { get; init; }

    /// <summary>What the heavy sets were compared with: other data, or the two halves of this one.</summary>
    public required string ComparedWith { get; init; }

    /// <summary>FFN parameters as a share of those of the blocks.</summary>
    public required double FeedForwardShareOfBlocks { get; init; }

    /// <summary>FFN parameters as a share of the whole model's.</summary>
    public required double FeedForwardShareOfModel { get; init; }

    /// <summary>FFN time as a share of the forward pass's on this machine and text; null where nothing was run.</summary>
    public required double? FeedForwardShareOfTime { get; init; }

    /// <summary>One entry a block.</summary>
    public required IReadOnlyList<LayerReport> Layers { get; init; }

    /// <summary>What the user should know about how this was computed.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>One layer's part of a <see cref="HeavyHitterReport"/>.</summary>
public sealed record LayerReport
{
    /// <summary>Index of the block.</summary>
    public required int Layer { get; init; }

    /// <summary>m.</summary>
    public required int Neurons { get; init; }

    /// <summary>Root mean square of each neuron's h, largest first.</summary>
    public required IReadOnlyList<double> SortedNorms { get; init; }

    /// <summary>Share of the energy Σ h² that the top 1, 5, 10, 25 and 50 % of the neurons hold.</summary>
    public required IReadOnlyList<EnergyShare> Energy { get; init; }

    /// <summary>The same weighted by ‖V_j‖²: what the neurons add to the FFN's output.</summary>
    public required IReadOnlyList<EnergyShare> OutputEnergy { get; init; }

    /// <summary>How few neurons hold half of the energy.</summary>
    public required int NeuronsForHalf { get; init; }

    /// <summary>How few neurons hold 90 % of the energy.</summary>
    public required int NeuronsForNineTenths { get; init; }

    /// <summary>Mean share of tokens on which a neuron is active: activation sparsity, another thing than heavy hitters.</summary>
    public required double ActiveShare { get; init; }

    /// <summary>The same over the heavy neurons alone.</summary>
    public required double HeavyActiveShare { get; init; }

    /// <summary>Mean share of tokens in whose own top 25 % a heavy neuron is.</summary>
    public required double HeavyInTopQuarter { get; init; }

    /// <summary>The same over the light neurons.</summary>
    public required double LightInTopQuarter { get; init; }

    /// <summary>Heavy neurons that are in the top 25 % of at least 90 % of the tokens, as a share of the heavy ones.</summary>
    public required double AlwaysHeavy { get; init; }

    /// <summary>|A ∩ B| / |A ∪ B| of the two heavy sets.</summary>
    public required double Jaccard { get; init; }

    /// <summary>Spearman's correlation of all neurons' Σ h² on the two texts.</summary>
    public required double RankCorrelation { get; init; }
}

/// <summary>What the most important neurons hold.</summary>
/// <param name="Top">Fraction of the neurons.</param>
/// <param name="Share">Fraction of the sum.</param>
public sealed record EnergyShare(double Top, double Share);

/// <summary>JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(HeavyHitterReport))]
public sealed partial class HeavyHitterReportJson : JsonSerializerContext;
