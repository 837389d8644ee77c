using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;

namespace FFSplit.Cli.Verbs;

sealed class CompressVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("The dense model's Hugging Face folder.");
    readonly Option<string> _output = OutputOption("The folder to write.", "FOLDER", required: false);
    readonly Option<string> _planFile = new("--plan")
    {
        Description = "A plan for this model; excludes the options that it fixes. --data beside it serves the repair.",
        HelpName = "PLAN.json"
    };
    readonly PlanArguments _plan = new();
    readonly StatisticsArguments _statistics = new();
    readonly Option<string> _type = new("--dtype")
    {
        Description = "How the split tensors are stored: source, float32, bfloat16 or float16.",
        HelpName = "TYPE",
        DefaultValueFactory = _ => "source",
    };
    readonly Option<bool> _repair = new("--repair")
    {
        Description = "Refit the output matrices on the text of --data, in closed form and without labels (default with --data, but for "
            + "the method paper).",
    };
    readonly Option<bool> _noRepair = new("--no-repair") { Description = "Write the raw split." };
    readonly Option<bool> _restart = new("--restart") { Description = "Throw an unfinished repair away instead of going on with it." };
    readonly Option<bool> _dryRun = new("--dry-run") { Description = "Tell size, peak memory, disk and time; write nothing." };

    public CompressVerb() : base("compress", "Split a model's FFNs and write the smaller model.")
    {
        Arguments.Add(_model);
        foreach (var option in (Option[])[_output, _planFile]) Options.Add(option);
        _plan.AddTo(this);
        _statistics.AddTo(this);
        foreach (var option in (Option[])[_repair, _noRepair, _restart, _type, _dryRun]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit compress models/all-MiniLM-L6-v2 --data stsb/train.tsv --text sentence1 --text sentence2 --max-samples 1500 -o "
            + "out/minilm-split",
        "ffsplit compress models/all-MiniLM-L6-v2 --data stsb/train.tsv --importance output-norm --light none -o out/repaired",
        "ffsplit compress models/all-MiniLM-L6-v2 --statistics minilm.safetensors --method prune-light -o out/minilm-pruned",
        "ffsplit compress models/all-MiniLM-L6-v2 --plan plan.json --data stsb/train.tsv --repair -o out/minilm-repaired",
        "ffsplit compress models/all-MiniLM-L6-v2 --plan plan.json --dtype bfloat16 -o out/minilm-split --dry-run",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = Read(parse, context);
        options.Validate();
        var dryRun = parse.GetValue(_dryRun);
        if (options.Output is null && !dryRun)
            throw new BadUsageException("--output: expected the folder to write, found nothing. Give -o FOLDER, or --dry-run.");
        context.PrepareTorch();
        if (dryRun)
        {
            var estimate = CompressJob.Estimate(options, context.Progress, context.Cancellation);
            context.Show(estimate, JobJson.Default.CompressionEstimate, estimate.Notices, console => SizesView.Write(console, estimate));
            return ExitCodes.Fine;
        }
        var result = context.GoesOn(options.UnfinishedRepair, () => CompressJob.Run(options, context.Progress, context.Cancellation));
        context.Show(result, JobJson.Default.CompressionResult, result.Notices, console => SizesView.Write(console, result));
        return ExitCodes.Fine;
    }

    CompressOptions Read(ParseResult parse, VerbContext context)
    {
        var planFile = parse.GetValue(_planFile);
        if (planFile is not null && _plan.All.Concat(_statistics.UselessBesidePlan(parse)).FirstOrDefault(parse.Given) is { } fixedByPlan)
            throw new BadUsageException($"{fixedByPlan.Name} and --plan exclude each other: the plan fixes it. Leave one out.");
        return new CompressOptions
        {
            Model = parse.GetRequiredValue(_model),
            AllowedConfig = context.AllowedConfig,
            PlanFile = planFile,
            Plan = _plan.Options(parse, context.Seed) with { Repair = Repair(parse) },
            Statistics = _statistics.Input(parse, context.Seed, textRepairs: true),
            Type = parse.GetValue(_type) switch
            {
                "source" => null,
                "float32" => DType.F32,
                "bfloat16" => DType.BF16,
                "float16" => DType.F16,
                var other => throw new BadUsageException($"--dtype: expected source, float32, bfloat16 or float16, found '{other}'."),
            },
            Output = parse.GetValue(_output),
            Force = context.Force,
            Restart = parse.GetValue(_restart),
        };
    }

    bool? Repair(ParseResult parse) => (parse.GetValue(_repair), parse.GetValue(_noRepair)) switch
    {
        (true, true) => throw new BadUsageException("--repair and --no-repair exclude each other: leave one out."),
        (true, false) => true,
        (false, true) => false,
        _ => null,
    };
}
