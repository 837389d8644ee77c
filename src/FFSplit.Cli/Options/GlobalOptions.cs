using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Cli.Rendering;

namespace FFSplit.Cli.Options;

/// <summary>What every verb takes.</summary>
sealed class GlobalOptions
{
    readonly Option<bool> _json = new("--json")
    {
        Description = "Write one JSON document to standard output; all else goes to standard "
        + "error.",
        Recursive = true
    };
    readonly Option<int> _threads = new("--threads")
    {
        Description = "Threads for the arithmetic (default: all cores, or OMP_NUM_THREADS).",
        Recursive = true,
        HelpName = "N",
    };
    readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of all random choices (default: 0).",
        Recursive = true,
        HelpName = "N"
    };
    readonly Option<bool> _force = new("--force") { Description = "Replace an output that exists.", Recursive = true };
    readonly Option<string[]> _allowConfig = new("--allow-config")
    {
        Description = "Pass over a key of config.json that is not understood (repeatable; recorded in the output).",
        Recursive = true,
        HelpName = "KEY",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    public void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[_json, _threads, _seed, _force, _allowConfig]) root.Options.Add(option);
    }

    public VerbContext Context(ParseResult parse, ConsoleProgress progress, CancellationToken cancellation)
    {
        int? threads = parse.GetResult(_threads) is null ? null : parse.GetValue(_threads);
        if (threads < 1) throw new BadUsageException($"--threads: expected a number of at least 1, found {threads}.");
        return new VerbContext(parse.GetValue(_json), threads, parse.GetValue(_seed), parse.GetValue(_force),
            parse.GetValue(_allowConfig) ?? [],
            Terminals.Output(), Console.Error, progress, cancellation);
    }
}
