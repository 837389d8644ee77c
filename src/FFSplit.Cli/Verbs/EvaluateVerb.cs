using System.CommandLine;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Tasks;
using FFSplit.Experiments.Judging;
using FFSplit.Runtime;

namespace FFSplit.Cli.Verbs;

sealed class EvaluateVerb : Verb
{
    readonly Argument<string[]> _models = new("MODEL")
    {
        Description = "Models, dense or split; the later ones are held against the "
        + "first.",
        Arity = ArgumentArity.OneOrMore
    };
    readonly Option<string> _task = new("--task")
    {
        Description = "What to judge on:\n" + string.Join("\n", TaskRegistry.Tasks.Select(t => $"{t.Name}: {t.Summary}")),
        HelpName = "NAME",
        Required = true,
    };
    readonly DataArguments _data = new(judges: true);
    readonly Option<double?> _maxDrop = Numbers.Optional("--max-drop",
        "Exit with 1 when a later model is worse than the first by more than this.", "N");

    readonly Option<string?> _labelMap = new("--label-map")
    {
        Description = "Which output of the models stands for which label, such as entailment=0,not_entailment=1 (default: what id2label of each model says).",
        HelpName = "NAME=INDEX,…",
    };
    readonly Option<int> _bootstrap = new("--bootstrap")
    {
        Description = "Resamples for the interval of each drop, drawn by the seed; 0 for none.",
        HelpName = "N",
        DefaultValueFactory = _ => new BootstrapOptions().Resamples,
    };

    public EvaluateVerb() : base("evaluate", "Judge models side by side.")
    {
        _models.Validators.Add(NotBlank);
        Arguments.Add(_models);
        Options.Add(_task);
        _data.AddTo(this);
        Options.Add(_labelMap);
        Options.Add(_bootstrap);
        Options.Add(_maxDrop);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit evaluate models/all-MiniLM-L6-v2 out/minilm-split --task sts-b --data stsb/dev.tsv --max-drop 0.5",
        "ffsplit evaluate models/bert-mrpc out/mrpc-split --task mrpc --data glue/MRPC",
        "ffsplit evaluate models/mine --task classification --data mails.csv --text body --label kind",
        "ffsplit evaluate models/opt-6m-novels out/opt-split --task perplexity --data held-out/ --windows 64 --context 256",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new EvaluateOptions
        {
            Models = parse.GetRequiredValue(_models),
            Task = parse.GetRequiredValue(_task),
            Data = _data.Data(parse, context.Seed),
            Windows = _data.Windows(parse),
            MaxLength = _data.MaxLength(parse),
            LabelMap = parse.GetValue(_labelMap) is { } map ? LabelMap.Parse(map) : null,
            Bootstrap = new BootstrapOptions { Resamples = parse.GetValue(_bootstrap), Seed = context.Seed },
            MaxDrop = parse.GetValue(_maxDrop),
        };
        options.Validate();
        context.PrepareTorch();
        var comparison = EvaluateJob.Run(options, new AnyModelOpener(context.AllowedConfig, new RuntimeOptions { Threads = context.Threads }),
            context.Progress, context.Cancellation);
        context.Show(comparison, JobJson.Default.Comparison, [.. comparison.Models.SelectMany(m => m.Result.Notices).Distinct()],
            console => ComparisonView.Write(console, comparison));
        if (comparison.Passed) return ExitCodes.Fine;
        foreach (var sentence in ComparisonView.Failures(comparison)) context.Error.WriteLine(sentence);
        return ExitCodes.CheckFailed;
    }
}
