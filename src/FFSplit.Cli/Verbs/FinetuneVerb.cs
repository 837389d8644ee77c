using System.CommandLine;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling.Training.Objectives;

namespace FFSplit.Cli.Verbs;

sealed class FinetuneVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("The model's folder, dense or split.");
    readonly Option<string> _output = OutputOption("The folder to write.", "FOLDER", required: true);
    readonly Option<string> _task = new("--task")
    {
        Description = $"What for: {string.Join(", ", FinetuneOptions.Tasks)}.",
        HelpName = "NAME",
        Required = true,
    };
    readonly Option<string> _data = new("--data")
    {
        Description = "File or folder to learn from (a GLUE task's folder: its train.tsv); a part of it is set aside and judges.",
        HelpName = "PATH",
        Required = true,
    };
    readonly Option<string?> _text = new("--text")
    {
        Description = "Column of the text; by name, or by its position from 0.",
        HelpName = "COLUMN",
    };
    readonly Option<string?> _pair = new("--text-pair") { Description = "Column of the second text of a pair.", HelpName = "COLUMN" };
    readonly Option<string?> _label = new("--label")
    {
        Description = "Column of the label (default: GLUE's own, or label; score for regression and similarity).",
        HelpName = "COLUMN",
    };
    readonly Option<string?> _labelMap = new("--label-map")
    {
        Description = "Which output of the model's head is which label: name=index,name=index,…",
        HelpName = "MAP",
    };
    readonly Option<int?> _maxSamples = new("--max-samples")
    {
        Description = "At most so many samples, drawn by the seed.",
        HelpName = "N",
    };
    readonly Option<int?> _maxLength = new("--max-length")
    {
        Description = "At most so many tokens of a text (default: what the model's folder says).",
        HelpName = "N",
    };
    readonly Option<int?> _context = new("--context") { Description = "Tokens of a window (causal-lm; default: 256).", HelpName = "N" };
    readonly Option<string?> _teacher = new("--teacher")
    {
        Description = "The dense model, to learn from its outputs and blocks too.",
        HelpName = "MODEL",
    };
    readonly Option<bool> _newHead = new("--new-head") { Description = "Make a new classifier although the model has one." };
    readonly Option<string?> _similarityLoss = new("--similarity-loss")
    {
        Description = "cosent (only the order of scores counts; the default) or mse (similarity).",
        HelpName = "NAME",
    };
    readonly Option<string> _type = new("--dtype")
    {
        Description = "How weights are stored: source, float32, bfloat16 or float16.",
        HelpName = "TYPE",
        DefaultValueFactory = _ => "float32",
    };
    readonly Option<int> _saveEvery = new("--save-every")
    {
        Description = "Steps between two checkpoints; the same command goes on from the last one.",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    };
    readonly Option<bool> _restart = new("--restart") { Description = "Throw an unfinished run away instead of going on with it." };
    readonly TrainingArguments _training = new();

    public FinetuneVerb() : base("finetune", "Train a model, dense or split, for a task.")
    {
        Arguments.Add(_model);
        foreach (var option in (Option[])[_output, _task, _data, _text, _pair, _label, _labelMap, _maxSamples, _maxLength, _context, _teacher,
            _newHead, _similarityLoss]) Options.Add(option);
        _training.AddTo(this);
        foreach (var option in (Option[])[_type, _saveEvery, _restart]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit finetune models/all-MiniLM-L6-v2 --task sst-2 --data glue/SST-2 -o out/minilm-sst2",
        "ffsplit finetune out/minilm-sst2-split --teacher out/minilm-sst2 --task sst-2 --data glue/SST-2 --epochs 2 -o out/minilm-sst2-tuned",
        "ffsplit finetune models/opt-6m-novels --task causal-lm --data novels/ --epochs 1 -o out/opt-tuned",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = Read(parse, context);
        options.Validate();
        context.PrepareTorch();
        var result = context.GoesOn(options.RunFolder, () => FinetuneJob.Run(options, context.Progress, text =>
        {
            context.Progress.Finish();
            context.Error.WriteLine($"note: {text}");
        }, context.Cancellation));
        context.Show(result, JobJson.Default.FinetuneResult, [], console => FinetuneView.Write(console, result));
        return ExitCodes.Fine;
    }

    FinetuneOptions Read(ParseResult parse, VerbContext context)
    {
        var teacher = parse.GetValue(_teacher);
        return new FinetuneOptions
        {
            Model = parse.GetRequiredValue(_model),
            Output = parse.GetRequiredValue(_output),
            Force = context.Force,
            AllowedConfig = context.AllowedConfig,
            Task = parse.GetRequiredValue(_task),
            Data = new DataOptions
            {
                Path = parse.GetRequiredValue(_data),
                TextColumns = parse.GetValue(_text) is { } text ? [text] : [],
                TextPairColumn = parse.GetValue(_pair),
                LabelColumn = parse.GetValue(_label),
                MaxSamples = parse.GetValue(_maxSamples),
                Seed = context.Seed,
            },
            MaxLength = parse.GetValue(_maxLength),
            Context = parse.GetValue(_context),
            Teacher = teacher,
            NewHead = parse.GetValue(_newHead),
            LabelMap = parse.GetValue(_labelMap) is { } map ? LabelMap.Parse(map) : null,
            SimilarityLoss = parse.GetValue(_similarityLoss) is null ? null : TrainingArguments.Choose(parse, _similarityLoss!,
                ("cosent", SimilarityLoss.CoSent), ("mse", SimilarityLoss.MeanSquaredError)),
            Training = _training.Options(parse, context.Seed, teacher is not null),
            Type = TrainingArguments.Choose<DType?>(parse, _type, ("source", null), ("float32", DType.F32), ("bfloat16", DType.BF16),
                ("float16", DType.F16)),
            SaveEvery = parse.GetValue(_saveEvery),
            Restart = parse.GetValue(_restart),
        };
    }
}
