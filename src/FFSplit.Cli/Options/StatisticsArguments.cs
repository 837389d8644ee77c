using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Compression.Jobs;

namespace FFSplit.Cli.Options;

/// <summary>Where neuron statistics come from: text, or files.</summary>
sealed class StatisticsArguments
{
    readonly DataArguments _data = new(judges: false);
    readonly Option<string[]> _statistics = new("--statistics")
    {
        Description = "Statistics file of this model instead of text (repeatable: they are merged).",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
    readonly Option<string> _memory = MemorySize.Option(
        "Keep at most so much of model and hidden states in memory during calibration; more goes block by block and to a scratch file.");

    /// <summary>All of them, for exclusions by name.</summary>
    public IEnumerable<Option> All => [.. _data.All, _statistics, _memory];

    public void AddTo(Command command)
    {
        foreach (var option in All) command.Options.Add(option);
    }

    /// <summary>Those that choose neurons, and those of text that was not given: what a plan leaves without use.</summary>
    public IEnumerable<Option> UselessBesidePlan(ParseResult parse) => _data.IsGiven(parse) ? [_statistics] : All;

    /// <param name="parse">The command line.</param>
    /// <param name="seed">Of the samples.</param>
    /// <param name="textRepairs">Whether text serves a repair too, so that it may stand beside files.</param>
    public StatisticsInput Input(ParseResult parse, int seed, bool textRepairs = false)
    {
        string[] files = parse.GetValue(_statistics) ?? [];
        if (files.Length > 0 && !(textRepairs && _data.IsGiven(parse)) && _data.All.FirstOrDefault(parse.Given) is { } given)
            throw new BadUsageException($"{given.Name} and --statistics exclude each other: statistics come from data already.");
        return new StatisticsInput
        {
            Calibration = _data.Calibration(parse, seed),
            Files = files,
            MemoryLimit = MemorySize.Parse(parse.GetValue(_memory)!, "--memory")
        };
    }
}
