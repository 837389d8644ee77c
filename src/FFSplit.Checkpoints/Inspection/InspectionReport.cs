using System.Text.Json.Serialization;

namespace FFSplit.Checkpoints.Inspection;

/// <summary>What a checkpoint is, dense or split, as far as config.json and the headers of its files tell: no weight is read for
/// it.</summary>
public sealed record InspectionReport
{
    /// <summary>The folder, as a full path.</summary>
    public required string Folder { get; init; }

    /// <summary>The dense model's family.</summary>
    public required string ModelType { get; init; }

    /// <summary>Whether the FFNs are split.</summary>
    public required bool Split { get; init; }

    /// <summary>bare, pooler, masked-lm, causal-lm or classifier.</summary>
    public required string Head { get; init; }

    /// <summary>Transformer blocks.</summary>
    public required int Blocks { get; init; }

    /// <summary>d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>m of the first block.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Query heads of the first block.</summary>
    public required int Heads { get; init; }

    /// <summary>Key-value heads of the first block.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Dimensions of a head of the first block.</summary>
    public required int HeadSize { get; init; }

    /// <summary>The FFNs' activation.</summary>
    public required string Activation { get; init; }

    /// <summary>Whether that acts on a gate.</summary>
    public required bool Gated { get; init; }

    /// <summary>Whether tokens see only earlier ones.</summary>
    public required bool Causal { get; init; }

    /// <summary>Rows of the token table.</summary>
    public required int VocabularyRows { get; init; }

    /// <summary>The longest sequence, in tokens.</summary>
    public required int MaximumLength { get; init; }

    /// <summary>How a text becomes one vector; null where the folder does not say.</summary>
    public required PoolingInspection? SentencePooling { get; init; }

    /// <summary>Parameters by part of the model.</summary>
    public required ParameterCounts Parameters { get; init; }

    /// <summary>FFN parameters as a share of those of the blocks.</summary>
    public required double FeedForwardShareOfBlocks { get; init; }

    /// <summary>FFN parameters as a share of the whole model's.</summary>
    public required double FeedForwardShareOfModel { get; init; }

    /// <summary>Multiply-accumulates of the FFNs on one token; those of all the blocks' products are among <see
    /// cref="Parameters"/>.</summary>
    public required long FeedForwardMultiplyAccumulatesPerToken { get; init; }

    /// <summary>Where the bytes of the weight files are.</summary>
    public required StoredBytes Bytes { get; init; }

    /// <summary>Bytes of tensors by element type.</summary>
    public required IReadOnlyDictionary<string, long> BytesByType { get; init; }

    /// <summary>The weight files, indices included.</summary>
    public required IReadOnlyList<string> WeightFiles { get; init; }

    /// <summary>One entry a block.</summary>
    public required IReadOnlyList<LayerInspection> Layers { get; init; }

    /// <summary>Stored tensors that belong to no part of the model and are known to be harmless.</summary>
    public required IReadOnlyList<string> PassedOverTensors { get; init; }

    /// <summary>Stored tensors that repeat another byte for byte.</summary>
    public required IReadOnlyList<string> RepeatedTensors { get; init; }

    /// <summary>Config keys that nobody knows but whose value is null, false or empty, or that were let through.</summary>
    public required IReadOnlyList<string> PassedOverConfig { get; init; }

    /// <summary>Config keys that were let through, now or when the model was split.</summary>
    public required IReadOnlyList<string> AllowedConfig { get; init; }
}

/// <summary>One block's FFN.</summary>
/// <param name="Layer">Index of the block.</param>
/// <param name="Neurons">m of the dense model.</param>
/// <param name="Heavy">Neurons kept whole.</param>
/// <param name="Light">What stands for the others: none, low-rank, linear or dense.</param>
/// <param name="Rank">Of the light part; 0 where it has none.</param>
/// <param name="Parameters">Of the FFN.</param>
/// <param name="Bytes">Of the FFN's tensors.</param>
/// <param name="MultiplyAccumulatesPerToken">Of the FFN's products.</param>
public sealed record LayerInspection(int Layer, int Neurons, int Heavy, string Light, int Rank, long Parameters, long Bytes,
    long MultiplyAccumulatesPerToken);

/// <summary>How a text becomes one vector (modules.json).</summary>
/// <param name="Modes">cls, max, mean.</param>
/// <param name="Normalize">Whether the vector has length 1.</param>
/// <param name="MaxLength">max_seq_length; null where absent.</param>
/// <param name="LowerCase">Whether texts are lower-cased first.</param>
/// <param name="Prompt">Put before every text.</param>
public sealed record PoolingInspection(IReadOnlyList<string> Modes, bool Normalize, int? MaxLength, bool LowerCase, string Prompt);

/// <summary>Bytes of the weight files by what they are for.</summary>
/// <param name="TokenTable">The token table, with a decoder that is tied to it.</param>
/// <param name="OtherEmbeddings">Positions, types, their norm and projections.</param>
/// <param name="Attention">Of the blocks.</param>
/// <param name="FeedForward">Of the blocks.</param>
/// <param name="Norms">Of the blocks.</param>
/// <param name="Head">Relative bias, final norm, output projection, head.</param>
/// <param name="Leftovers">Tensors that are passed over or repeat another.</param>
/// <param name="Files">All the weight files, headers and indices included.</param>
public sealed record StoredBytes(long TokenTable, long OtherEmbeddings, long Attention, long FeedForward, long Norms, long Head,
    long Leftovers, long Files)
{
    /// <summary>Headers, indices, padding: what is in the files beside tensors.</summary>
    public long Overhead => Math.Max(0, Files - TokenTable - OtherEmbeddings - Attention - FeedForward - Norms - Head - Leftovers);
}

/// <summary>JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(InspectionReport))]
public sealed partial class InspectionJson : JsonSerializerContext;
