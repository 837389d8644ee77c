using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Compression.Importances;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;

namespace FFSplit.Cli.Options;

/// <summary>How FFNs are to be split: everything that a plan fixes.</summary>
sealed class PlanArguments
{
    static readonly PlanOptions Default = new();

    readonly Option<double> _heavy = Numbers.Option("--heavy", "Fraction of the neurons kept whole, above 0 and at most 1.", "F",
        Default.Sizes.Heavy);
    readonly Option<double> _rank = Numbers.Option("--rank",
        "Rank of the light factors as a fraction of full rank, above 0 and at most 1.", "F", Default.Sizes.Rank);
    readonly Option<string> _method = new("--method")
    {
        Description = $"One of {string.Join(", ", CompressionMethod.Names)}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Default.Method
    };
    readonly Option<string> _light = new("--light")
    {
        Description = "What stands for the light neurons: low-rank, none, linear (which a repair fits), or dense (whole, to be quantised to fewer bits).",
        HelpName = "KIND"
    };
    readonly Option<bool> _noMatch = new("--no-match")
    {
        Description = "Take --heavy and --rank literally, instead of giving vanilla and "
        + "prune-light the size of the paper's split."
    };
    readonly Option<string> _importance = new("--importance")
    {
        Description = $"How neurons are scored: {string.Join(", ", Importance.Names)}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Default.Importance,
    };
    readonly Option<string> _layers = new("--layers")
    {
        Description = "Split only these layers, such as 0-3,5 (default: all).",
        HelpName = "RANGES"
    };

    /// <summary>All of them, for exclusions by name.</summary>
    public IEnumerable<Option> All => [_heavy, _rank, _method, _light, _noMatch, _importance, _layers];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    public PlanOptions Options(ParseResult parse, int seed) => new()
    {
        Method = parse.GetValue(_method)!,
        Importance = parse.GetValue(_importance)!,
        Light = parse.GetValue(_light) is not { } name ? null
            : LightKinds.Parse(name) ?? throw new BadUsageException($"--light: expected low-rank, none, linear or dense, found '{name}'."),
        Sizes = new SplitSizes(parse.GetValue(_heavy), parse.GetValue(_rank), !parse.GetValue(_noMatch)),
        Layers = parse.GetValue(_layers) is { } ranges ? LayerRanges.Parse(ranges) : null,
        Seed = seed,
    };
}
