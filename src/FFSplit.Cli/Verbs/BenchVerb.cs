using System.CommandLine;
using FFSplit.Cli.Rendering;
using FFSplit.Experiments.Benching;

namespace FFSplit.Cli.Verbs;

sealed class BenchVerb : Verb
{
    readonly Argument<string[]> _models = new("MODEL")
    {
        Description = "Models, dense, split or exported; the later ones are held against the first.",
        Arity = ArgumentArity.OneOrMore,
    };
    readonly Option<int?> _batch = new("--batch") { Description = "Texts of a batch (default: 8, with --decode 1).", HelpName = "N" };
    readonly Option<int> _length = new("--length") { Description = "Tokens of each text.", HelpName = "N", DefaultValueFactory = _ => 128 };
    readonly Option<int> _rounds = new("--rounds") { Description = "How often each runs, in turn.", HelpName = "N", DefaultValueFactory = _ => 30 };

    readonly Option<bool> _decode = new("--decode")
    {
        Description = "Time the tokens after a prompt of --length tokens, one at a time with a cache (exported causal language models); "
            + "so many as --rounds.",
    };

    readonly Option<bool> _spin = new("--spin")
    {
        Description = "Let exported models' threads keep their processors busy within a run while they wait for work: "
            + "faster on a machine that has nothing else to do.",
    };

    public BenchVerb() : base("bench", "Time models beside each other: in turn in one process, with the ratio's interval.")
    {
        Arguments.Add(_models);
        foreach (var option in (Option[])[_batch, _length, _rounds, _decode, _spin]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit bench out/minilm-onnx out/minilm-split-onnx out/minilm-split-int8 --batch 8 --length 128 --threads 1",
        "ffsplit bench out/opt-onnx out/opt-split-int8 --decode --length 128 --threads 1",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new BenchOptions
        {
            Models = parse.GetRequiredValue(_models),
            Batch = parse.GetValue(_batch),
            Length = parse.GetValue(_length),
            Decode = parse.GetValue(_decode),
            Rounds = parse.GetValue(_rounds),
            Spinning = parse.GetValue(_spin),
            Threads = context.Threads,
            AllowedConfig = context.AllowedConfig,
        };
        options.Validate();
        context.PrepareTorch();
        var result = BenchJob.Run(options, context.Progress, context.Cancellation);
        context.Show(result, BenchJson.Default.BenchResult, [], console => BenchView.Write(console, result));
        return ExitCodes.Fine;
    }
}
