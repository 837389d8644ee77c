using System.CommandLine;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;

namespace FFSplit.Cli.Verbs;

sealed class PlanVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("The dense model's Hugging Face folder.");
    readonly Option<string> _output = OutputOption("The plan to write.", "PLAN.json", required: true);
    readonly PlanArguments _plan = new();
    readonly StatisticsArguments _statistics = new();

    public PlanVerb() : base("plan", "Decide which neurons stay whole and what stands for the others; compress takes the plan.")
    {
        Arguments.Add(_model);
        Options.Add(_output);
        _plan.AddTo(this);
        _statistics.AddTo(this);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit plan models/all-MiniLM-L6-v2 --statistics minilm.safetensors -o plan.json",
        "ffsplit plan models/all-MiniLM-L6-v2 --data stsb/train.tsv --text sentence1 --importance output-norm --layers 0-3 -o plan.json",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new PlanJobOptions
        {
            Model = parse.GetRequiredValue(_model),
            AllowedConfig = context.AllowedConfig,
            Plan = _plan.Options(parse, context.Seed),
            Statistics = _statistics.Input(parse, context.Seed),
            Output = parse.GetRequiredValue(_output),
            Force = context.Force,
        };
        options.Validate();
        context.PrepareTorch();
        var result = PlanJob.Run(options, context.Progress, context.Cancellation);
        context.Show(result, JobJson.Default.PlanResult, result.Notices, console =>
        {
            SizesView.WriteLayers(console, result.Sizes);
            SizesView.WriteChanges(console, result.Sizes, fileBytes: null);
            SizesView.Line(console,
                $"The plan is in {result.Output}. Compress by it: ffsplit compress {parse.GetRequiredValue(_model)} --plan "
                    + $"{result.Output} -o OUT");
        });
        return ExitCodes.Fine;
    }
}
