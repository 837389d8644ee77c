using System.CommandLine;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;

namespace FFSplit.Cli.Verbs;

sealed class AnalyzeVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("The dense model's Hugging Face folder.");
    readonly StatisticsArguments _statistics = new();
    readonly Option<string> _against = new("--against")
    {
        Description = "A second data file or folder, or a statistics file, to compare the heavy sets with (default: two halves of the "
            + "data).",
        HelpName = "PATH",
    };
    readonly Option<string[]> _againstText = new("--against-text")
    {
        Description = "Column of --against (repeatable).",
        HelpName = "COLUMN",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };
    readonly Option<double> _heavy = Numbers.Option("--heavy", "Fraction of the neurons that count as heavy.", "F", 0.25);
    readonly Option<string> _output = OutputOption("Keep the neuron statistics in this file, for plan, compress and merge.", "FILE",
        required: false);

    public AnalyzeVerb() : base("analyze", "Show where a model's heavy hitters are.")
    {
        Arguments.Add(_model);
        _statistics.AddTo(this);
        foreach (var option in (Option[])[_against, _againstText, _heavy, _output]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit analyze models/all-MiniLM-L6-v2 --data stsb/train.tsv --text sentence1 --text sentence2 --max-samples 1500 -o "
            + "minilm.safetensors",
        "ffsplit analyze models/opt-6m-novels --data novels/ --windows 128 --against other-novels/",
        "ffsplit analyze models/all-MiniLM-L6-v2 --statistics minilm.safetensors --json",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new AnalyzeOptions
        {
            Model = parse.GetRequiredValue(_model),
            AllowedConfig = context.AllowedConfig,
            Statistics = _statistics.Input(parse, context.Seed),
            Against = parse.GetValue(_against),
            AgainstColumns = parse.GetValue(_againstText) ?? [],
            Heavy = parse.GetValue(_heavy),
            Output = parse.GetValue(_output),
            Force = context.Force,
        };
        options.Validate();
        context.PrepareTorch();
        var report = AnalyzeJob.Run(options, context.Progress, context.Cancellation);
        context.Show(report, JobJson.Default.HeavyHitterReport, report.Notices, console => HeavyHitterView.Write(console, report));
        if (options.Output is { } file) context.Error.WriteLine($"The statistics are in {file}.");
        return ExitCodes.Fine;
    }
}
