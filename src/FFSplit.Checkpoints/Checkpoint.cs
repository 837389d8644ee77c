using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;
using FFSplit.Checkpoints.Families;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints;

/// <summary>A Hugging Face folder, dense or split: config understood, tensors bound to an architecture, nothing loaded yet.</summary>
public sealed class Checkpoint : IDisposable
{
    readonly Dictionary<string, TensorData> _tensors;

    Checkpoint(string folder, ModelConfig config, WeightFolder weights, IEnumerable<TensorData> tensors)
    {
        (Folder, Config, Weights) = (folder, config, weights);
        _tensors = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>config.json.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weight files, mapped.</summary>
    public WeightFolder Weights { get; }

    /// <summary>All tensors by the names of the files; those that are stored as codes as the numbers that these stand for.</summary>
    public required IReadOnlyDictionary<string, TensorData> StoredTensors { get; init; }

    /// <summary>What the model is.</summary>
    public required Architecture Architecture { get; init; }

    /// <summary>How the FFNs are split; null in a dense checkpoint.</summary>
    public required SplitHeader? Split { get; init; }

    /// <summary>How sentence-transformers makes a vector of a text; null where the folder does not say.</summary>
    public required SentencePooling? Pooling { get; init; }

    /// <summary>Stored names of tensors that belong to no part of the model and are known to be harmless.</summary>
    public required IReadOnlyList<string> PassedOverTensors { get; init; }

    /// <summary>Stored names of tensors that repeat another tensor byte for byte (a tied head).</summary>
    public required IReadOnlyList<string> RepeatedTensors { get; init; }

    /// <summary>Config keys that nobody knows but whose value is null, false or empty, or that the user let through.</summary>
    public required IReadOnlyList<string> PassedOverConfig { get; init; }

    /// <summary>Config keys that the user let through, now or when the model was split.</summary>
    public required IReadOnlyList<string> AllowedConfig { get; init; }

    /// <summary>The class that transformers loads this model as (<c>architectures</c> in config.json).</summary>
    public required string ClassName { get; init; }

    /// <summary>Names of a new head's tensors, which hold zeros until somebody fills them; empty without one.</summary>
    public required IReadOnlyList<string> MadeTensors { get; init; }

    /// <summary>The families that can be read.</summary>
    public static IReadOnlyList<string> KnownModelTypes => ModelFamilies.ModelTypes;

    /// <summary>Opens a folder and describes its model; reads headers, no weights.</summary>
    /// <param name="folder">With config.json and weights.</param>
    /// <param name="allowedConfig">Config keys to pass over although they are not understood.</param>
    /// <param name="newHead">A head to describe in place of the folder's own; its tensors are those of <see cref="MadeTensors"/>.</param>
    /// <exception cref="BadInputException">Anything that is missing, left over, of another shape or not understood.</exception>
    public static Checkpoint Open(string folder, IReadOnlyCollection<string>? allowedConfig = null, NewHead? newHead = null)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var config = ModelConfig.Load(folder);
        var split = config.ModelType.StartsWith(SplitHeader.ModelTypePrefix, StringComparison.Ordinal) ? SplitHeader.Read(config) : null;
        var modelType = split is null ? config.ModelType : config.ModelType[SplitHeader.ModelTypePrefix.Length..];
        var family = ModelFamilies.Find(modelType) ?? throw new BadInputException(config.Thing("model_type"),
            $"one of {string.Join(", ", ModelFamilies.ModelTypes)}", $"'{modelType}'", "Use a checkpoint of a supported family.");
        RefuseSharedSwitches(config);

        var weights = WeightFolder.Open(folder, split is null ? "model" : SplitHeader.WeightsName);
        try
        {
            var tensors = split is null ? weights.Tensors : QuantizedTensor.Restore(folder, weights.Tensors, split.Quantized);
            var names = new WeightBinder(folder, tensors, family.BasePrefix, family.BaseModules, newHead is not null);
            var head = newHead is null ? HeadOf(config, family, names) : HeadKind.Classifier;
            var architecture = family.Describe(new FamilyContext(config, names, head, split) { NewLabels = newHead?.Labels });
            if (split is not null && split.Layers.Count != architecture.Blocks.Count)
                throw new BadInputException(config.Thing(SplitHeader.ConfigKey), $"{architecture.Blocks.Count} layers", $"{split.Layers.Count}", "Split the dense model again.");
            string[] allowed = [.. (allowedConfig ?? []).Concat(split?.AllowedConfig ?? []).Distinct()];
            var passedOver = config.Finish(allowed);
            return new Checkpoint(folder, config, weights, names.Tensors)
            {
                StoredTensors = tensors,
                ClassName = newHead is null && ClassOf(config) is { } name ? name : family.Classes.First(c => c.Value == head).Key,
                MadeTensors = names.Made,
                Architecture = architecture,
                Split = split,
                Pooling = SentencePooling.Load(folder, architecture.OutputSize),
                PassedOverTensors = CheckLeftovers(folder, family, names),
                RepeatedTensors = names.EqualCopies,
                PassedOverConfig = passedOver,
                AllowedConfig = [.. allowed.Where(passedOver.Contains)],
            };
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The stored tensor behind a binding.</summary>
    public TensorData Tensor(WeightBinding binding) => _tensors[binding.Name];

    /// <inheritdoc/>
    public void Dispose() => Weights.Dispose();

    static void RefuseSharedSwitches(ModelConfig config)
    {
        config.Only("is_encoder_decoder", false);
        if (config.Find("pruned_heads") is { ValueKind: System.Text.Json.JsonValueKind.Object } pruned && pruned.EnumerateObject().Any())
            throw new BadInputException(config.Thing("pruned_heads"), "no pruned heads", pruned.GetRawText(), "Use a checkpoint with all its heads.");
    }

    static HeadKind HeadOf(ModelConfig config, ModelFamily family, WeightBinder names)
    {
        if (ClassOf(config) is not { } name) return family.GuessHead(config, names);
        return family.Classes.TryGetValue(name, out var head) ? head : throw new BadInputException(config.Thing("architectures"),
            $"one of {string.Join(", ", family.Classes.Keys)}", $"'{name}'", "This head is not supported; use a checkpoint with one of these.");
    }

    static string? ClassOf(ModelConfig config)
        => config.Find("architectures") is { ValueKind: System.Text.Json.JsonValueKind.Array } classes && classes.GetArrayLength() > 0 ? classes[0].ToString() : null;

    static List<string> CheckLeftovers(string folder, ModelFamily family, WeightBinder names)
    {
        var passedOver = new List<string>();
        foreach (var (name, stored) in names.Leftovers)
        {
            if (!KnownBuffers.Contains(name) && !family.KnownLeftovers.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
                throw new BadInputException($"{folder}, tensor '{stored}'", "only tensors that the model uses", "one that it does not know",
                    "Use a checkpoint whose config.json belongs to its weights.");
            passedOver.Add(stored);
        }
        return passedOver;
    }
}
