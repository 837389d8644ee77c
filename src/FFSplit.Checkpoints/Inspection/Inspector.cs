using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Checkpoints.Inspection;

/// <summary>Describes a checkpoint.</summary>
public static class Inspector
{
    /// <summary>Opens a folder and describes it.</summary>
    /// <param name="folder">A Hugging Face folder, dense or split.</param>
    /// <param name="allowedConfig">Config keys to pass over although they are not understood.</param>
    /// <exception cref="BadInputException">The folder cannot be understood.</exception>
    public static InspectionReport Inspect(string folder, IReadOnlyCollection<string>? allowedConfig = null)
    {
        using var checkpoint = Checkpoint.Open(folder, allowedConfig);
        return Inspect(checkpoint);
    }

    /// <summary>Describes an opened checkpoint.</summary>
    public static InspectionReport Inspect(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var architecture = checkpoint.Architecture;
        var counts = ParameterCounts.Of(checkpoint);
        var (attention, ffn) = (architecture.Blocks[0].Attention, architecture.Blocks[0].FeedForward);
        LayerInspection[] layers = [.. architecture.Blocks.Select(b => Layer(checkpoint, b))];
        return new InspectionReport
        {
            Folder = checkpoint.Folder,
            ModelType = architecture.ModelType,
            Split = checkpoint.Split is not null,
            Head = Name(architecture.Head),
            Blocks = architecture.Blocks.Count,
            HiddenSize = architecture.HiddenSize,
            IntermediateSize = ffn.IntermediateSize,
            Heads = attention.Heads,
            KeyValueHeads = attention.KeyValueHeads,
            HeadSize = attention.HeadSize,
            Activation = Name(ffn.Activation),
            Gated = ffn.Gated,
            Causal = architecture.Causal,
            VocabularyRows = architecture.VocabularyRows,
            MaximumLength = architecture.MaximumLength,
            SentencePooling = checkpoint.Pooling is { } p
                ? new PoolingInspection([.. p.Modes.Select(Name)], p.Normalize, p.MaxLength, p.LowerCase, p.Prompt) : null,
            Parameters = counts,
            FeedForwardShareOfBlocks = (double)counts.FeedForward / counts.Blocks,
            FeedForwardShareOfModel = (double)counts.FeedForward / counts.Total,
            FeedForwardMultiplyAccumulatesPerToken = layers.Sum(l => l.MultiplyAccumulatesPerToken),
            Bytes = Bytes(checkpoint),
            BytesByType = new SortedDictionary<string, long>(checkpoint.Weights.Tensors.Values.GroupBy(t => t.Type.ToString())
                .ToDictionary(g => g.Key, g => g.Sum(t => t.ByteCount)), StringComparer.Ordinal),
            WeightFiles = checkpoint.Weights.FileNames,
            Layers = layers,
            PassedOverTensors = checkpoint.PassedOverTensors,
            RepeatedTensors = checkpoint.RepeatedTensors,
            PassedOverConfig = checkpoint.PassedOverConfig,
            AllowedConfig = checkpoint.AllowedConfig,
        };
    }

    static LayerInspection Layer(Checkpoint checkpoint, Block block)
    {
        var ffn = block.FeedForward;
        var split = new SplitLayer(ffn.HeavyCount, ffn.Light.Kind, ffn.Light.Rank);
        return new LayerInspection(block.Index, ffn.IntermediateSize, split.Heavy, split.Light.Name(), split.Rank,
            ffn.Bindings.Sum(b => b.ElementCount), Size(checkpoint, ffn.Bindings), FeedForwardShape.Of(ffn).MultiplyAccumulates(split));
    }

    static StoredBytes Bytes(Checkpoint checkpoint)
    {
        var architecture = checkpoint.Architecture;
        var blocks = architecture.Blocks;
        var table = Size(checkpoint, [architecture.Embeddings.Tokens]);
        var embeddings = Size(checkpoint, architecture.Embeddings.Bindings);
        var attention = blocks.Sum(b => Size(checkpoint, b.Attention.Bindings));
        var feedForward = blocks.Sum(b => Size(checkpoint, b.FeedForward.Bindings));
        var norms = blocks.Sum(b => Size(checkpoint, b.AttentionNorm.Bindings.Concat(b.FeedForwardNorm.Bindings)));
        return new StoredBytes(table, embeddings - table, attention, feedForward, norms,
            Size(checkpoint, architecture.Bindings) - embeddings - attention - feedForward - norms,
            checkpoint.PassedOverTensors.Concat(checkpoint.RepeatedTensors).Distinct()
                .Sum(name => checkpoint.Weights.Tensors[name].ByteCount),
            checkpoint.Weights.SizeOnDisk);
    }

    // A part of a fused tensor takes its own share of the bytes.
    static long Size(Checkpoint checkpoint, IEnumerable<WeightBinding> bindings)
        => bindings.Distinct().Sum(b => checkpoint.Tensor(b) is QuantizedTensor codes ? codes.StoredBytes * b.ElementCount / codes.ElementCount
            : b.ElementCount * Tensors.DTypes.Size(checkpoint.Tensor(b).Type));

    static string Name(Head head) => head switch
    {
        Head.Bare { Pooler: not null } => "pooler",
        Head.Bare => "bare",
        Head.LanguageModel { Causal: true } => "causal-lm",
        Head.LanguageModel => "masked-lm",
        Head.Classifier => "classifier",
        _ => throw new InvalidOperationException($"{head.GetType()} is no known head."),
    };

    static string Name(Activation activation) => activation switch
    {
        Activation.Gelu => "gelu",
        Activation.GeluTanh => "gelu_tanh",
        Activation.QuickGelu => "quick_gelu",
        Activation.Relu => "relu",
        Activation.ReluSquared => "relu2",
        Activation.Silu => "silu",
        Activation.Tanh => "tanh",
        _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Not an activation."),
    };

    static string Name(PoolingMode mode) => mode switch
    {
        PoolingMode.Cls => "cls",
        PoolingMode.Max => "max",
        PoolingMode.Mean => "mean",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Not a pooling mode."),
    };
}
