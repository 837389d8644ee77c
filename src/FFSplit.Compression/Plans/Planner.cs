using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Importances;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Statistics;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Plans;

/// <summary>What a plan is made from, beside model and statistics.</summary>
public sealed record PlanOptions
{
    /// <summary>How FFNs are divided: paper, vanilla or prune-light.</summary>
    public string Method { get; init; } = "paper";

    /// <summary>How neurons are scored: paper, output-norm or random.</summary>
    public string Importance { get; init; } = "paper";

    /// <summary>Another kind of light part than the method's own; null for that.</summary>
    public LightKind? Light { get; init; }

    /// <summary>Fractions and matching.</summary>
    public SplitSizes Sizes { get; init; } = new();

    /// <summary>The layers to split; null for all. The others stay whole.</summary>
    public IReadOnlyCollection<int>? Layers { get; init; }

    /// <summary>Of random choices.</summary>
    public long Seed { get; init; }

    /// <summary>Whether the output matrices are refitted on the calibration tokens; null for what <see cref="Repairs"/> says.</summary>
    public bool? Repair { get; init; }

    /// <summary>
    /// Whether there will be a repair: as asked for, else, where there is text to fit on, for methods that are repaired by default (not the paper's).
    /// </summary>
    /// <param name="hasText">Whether the user gave text. A plan on its own has none.</param>
    public bool Repairs(bool hasText) => Repair ?? (hasText && ChosenMethod.RepairedByDefault);

    /// <summary>Checks everything that can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Fraction("--heavy", Sizes.Heavy, "0.25");
        Fraction("--rank", Sizes.Rank, "0.1");
        if (CompressionMethod.Find(Method) is null) throw Unknown("--method", CompressionMethod.Names, Method);
        if (Importances.Importance.Find(Importance) is null) throw Unknown("--importance", Importances.Importance.Names, Importance);
        if (Light is LightKind.Linear && !Repairs(hasText: false))
            throw new BadUsageException("--light linear: only a repair can fill the map. Use it with 'ffsplit compress' and --data, "
                + "and without --no-repair.");
        if (Light is not null && Method == "vanilla")
            throw new BadUsageException("--light: the method vanilla has no light part to choose; leave it out or use --method paper.");
        if (Light is LightKind.LowRank or LightKind.Linear or LightKind.Dense && Method == "prune-light")
            throw new BadUsageException($"--light {Light.Value.Name()}: the method prune-light drops the light part; use --method paper.");
    }

    /// <summary>The method, with --light none being another name of prune-light.</summary>
    internal ICompressionMethod ChosenMethod => CompressionMethod.For(Light) ?? CompressionMethod.OfPlan(Method)!;

    static void Fraction(string option, double value, string example)
    {
        if (!(value > 0 && value <= 1))
            throw new BadUsageException($"{option}: expected a fraction above 0 and at most 1, found "
                + $"{value.ToString(CultureInfo.InvariantCulture)}. Give for example {option} {example}.");
    }

    static BadUsageException Unknown(string option, IEnumerable<string> known, string found)
        => new($"{option}: expected one of {string.Join(", ", known)}, found '{found}'.");
}

/// <summary>Makes a plan from statistics and sizes.</summary>
public static class Planner
{
    /// <summary>Whether a plan needs calibration at all: vanilla keeps no neuron and random looks at none.</summary>
    public static bool NeedsStatistics(PlanOptions options)
        => options.ChosenMethod is not VanillaMethod && options.Importance != "random";

    /// <summary>Decides for every layer.</summary>
    /// <param name="checkpoint">A dense model.</param>
    /// <param name="statistics">Of that model; may be null where <see cref="NeedsStatistics"/> says so.</param>
    /// <param name="options">Validated.</param>
    public static CompressionPlan Plan(Checkpoint checkpoint, NeuronStatistics? statistics, PlanOptions options)
    {
        options.Validate();
        DenseModel.Require(checkpoint);
        if (statistics is not null) StatisticsFile.CheckFits(statistics, checkpoint);
        else if (NeedsStatistics(options))
            throw new BadUsageException($"--importance {options.Importance}: needs calibration; give --data or --statistics.");
        var blocks = checkpoint.Architecture.Blocks;
        foreach (var layer in options.Layers ?? [])
            if (layer < 0 || layer >= blocks.Count)
                throw new BadUsageException($"--layers: expected layers from 0 to {blocks.Count - 1}, found {layer}.");
        return new CompressionPlan
        {
            Version = CompressionPlan.CurrentVersion,
            ToolVersion = ToolVersion.Current,
            Model = Path.GetFileName(checkpoint.Folder),
            ModelHash = checkpoint.Weights.Hash,
            Method = options.ChosenMethod.Name,
            Importance = options.ChosenMethod is VanillaMethod ? null : options.Importance,
            Heavy = options.Sizes.Heavy,
            Rank = options.Sizes.Rank,
            Match = options.Sizes.Match,
            Seed = options.Seed,
            Data = NeedsStatistics(options) ? statistics!.Source.Data : null,
            StatisticsHash = NeedsStatistics(options) ? StatisticsFile.Hash(statistics!) : null,
            Layers = [.. blocks.Select(b => PlanLayer(checkpoint, b, statistics, options))],
            Repair = options.Repairs(hasText: false),
        };
    }

    /// <summary>‖V_j‖² of every neuron, float64.</summary>
    internal static double[] OutputNorms(Checkpoint checkpoint, FeedForward ffn)
    {
        using var scope = NewDisposeScope();
        var down = TorchWeights.Load(checkpoint.Tensor(ffn.Dense.Down), ffn.Dense.Down);
        return down.to(ScalarType.Float64).square().sum([0L]).data<double>().ToArray();
    }

    static LayerPlan PlanLayer(Checkpoint checkpoint, Block block, NeuronStatistics? statistics, PlanOptions options)
    {
        var ffn = block.FeedForward;
        var all = Enumerable.Range(0, ffn.IntermediateSize);
        if (options.Layers is { } chosen && !chosen.Contains(block.Index))
            return new LayerPlan([.. all], LightKind.None.Name(), 0, "not among the layers to split");
        var split = options.ChosenMethod.Divide(FeedForwardShape.Of(ffn, options.Repairs(hasText: false)), options.Sizes);
        if (split.Heavy == 0 || split.Heavy == ffn.IntermediateSize)
            return new LayerPlan([.. all.Take(split.Heavy)], split.Light.Name(), split.Rank,
                split.Heavy == 0 ? "no neuron is kept whole" : "all neurons are heavy");
        var importance = Importances.Importance.Find(options.Importance)!;
        var whole = statistics?.Whole;
        var scores = importance.Score(new ImportanceInput(block.Index,
            whole?.Layers[block.Index] ?? LayerStatistics.Empty(ffn.IntermediateSize), whole?.Tokens ?? 0,
            new Lazy<double[]>(() => OutputNorms(checkpoint, ffn)), options.Seed));
        var heavy = Importances.Importance.Top(scores, split.Heavy);
        var share = heavy.Sum(j => scores[j]) / scores.Sum();
        return new LayerPlan(heavy, split.Light.Name(), split.Rank, options.Importance == "random" ? "drawn at random"
            : string.Create(CultureInfo.InvariantCulture, $"the highest importance ({importance.Name}), {share:P1} of the sum"));
    }
}
