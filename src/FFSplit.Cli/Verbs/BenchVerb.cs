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
    readonly Option<int> _batch = new("--batch") { Description = "Texts of a batch.", HelpName = "N", DefaultValueFactory = _ => 8 };
    readonly Option<int> _length = new("--length") { Description = "Tokens of each text.", HelpName = "N", DefaultValueFactory = _ => 128 };
    readonly Option<int> _rounds = new("--rounds") { Description = "How often each runs, in turn.", HelpName = "N", DefaultValueFactory = _ => 30 };

    public BenchVerb() : base("bench", "Time models beside each other: in turn in one process, with the ratio's interval.")
    {
        Arguments.Add(_models);
        foreach (var option in (Option[])[_batch, _length, _rounds]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit bench out/minilm-onnx out/minilm-split-onnx out/minilm-split-int8 --batch 8 --length 128 --threads 1",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new BenchOptions
        {
            Models = parse.GetRequiredValue(_models),
            Batch = parse.GetValue(_batch),
            Length = parse.GetValue(_length),
            Rounds = parse.GetValue(_rounds),
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
