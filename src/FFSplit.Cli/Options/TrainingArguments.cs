using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Modeling.Training;

namespace FFSplit.Cli.Options;

/// <summary>How a model is trained.</summary>
sealed class TrainingArguments
{
    static readonly TrainingOptions Default = new();

    readonly Option<int> _epochs = new("--epochs")
    {
        Description = "Times that the training part is seen.",
        HelpName = "N",
        DefaultValueFactory = _ => Default.Epochs,
    };
    readonly Option<int?> _maxSteps = new("--max-steps") { Description = "End after so many steps.", HelpName = "N" };
    readonly Option<int?> _batchSize = new("--batch-size")
    {
        Description = "Examples of one forward pass (default: 32 texts or 8 windows).",
        HelpName = "N",
    };
    readonly Option<int> _accumulate = new("--accumulate")
    {
        Description = "Forward passes of one step.",
        HelpName = "N",
        DefaultValueFactory = _ => Default.Accumulate,
    };
    readonly Option<double> _learningRate = new("--learning-rate")
    {
        Description = "The largest step size.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.LearningRate,
    };
    readonly Option<string> _schedule = new("--schedule")
    {
        Description = "Course of the step size after the warm-up: linear, cosine or constant.",
        HelpName = "NAME",
        DefaultValueFactory = _ => "linear",
    };
    readonly Option<double> _warmUp = new("--warm-up")
    {
        Description = "Part of all steps in which the step size rises.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.WarmUp,
    };
    readonly Option<double> _weightDecay = new("--weight-decay")
    {
        Description = "AdamW's decay; norms and biases have none.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.WeightDecay,
    };
    readonly Option<double> _clip = new("--clip")
    {
        Description = "The largest norm of the gradient; 0 for no bound.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.ClipNorm,
    };
    readonly Option<double?> _dropout = new("--dropout")
    {
        Description = "In place of the config's dropout probabilities.",
        HelpName = "P",
    };
    readonly Option<string> _train = new("--train")
    {
        Description = "What is trained: all, or ffn (the FFNs and a new head).",
        HelpName = "PART",
        DefaultValueFactory = _ => "all",
    };
    readonly Option<string> _compute = new("--compute")
    {
        Description = "Precision of products: auto (bfloat16 where the processor has it), float32 or bfloat16.",
        HelpName = "TYPE",
        DefaultValueFactory = _ => "auto",
    };
    readonly Option<double> _validationShare = new("--validation-share")
    {
        Description = "Part of the data that is set aside and chooses the best weights; 0 keeps the last.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.ValidationShare,
    };
    readonly Option<int?> _validateEvery = new("--validate-every")
    {
        Description = "Steps between two judgements (default: one after each epoch).",
        HelpName = "N",
    };
    readonly Option<int?> _patience = new("--patience") { Description = "Stop after so many judgements without gain.", HelpName = "N" };
    readonly Option<string?> _metric = new("--metric")
    {
        Description = "What chooses the best weights: accuracy, f1 (macro_f1 beyond two labels), matthews, spearman, pearson, perplexity or loss (default: the task's first).",
        HelpName = "NAME",
    };
    readonly Option<double> _taskWeight = new("--task-weight")
    {
        Description = "How much the task's own loss counts beside the teacher's.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.Distillation.Task,
    };
    readonly Option<double> _logitsWeight = new("--logits-weight")
    {
        Description = "How much the difference to the teacher's outputs counts.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.Distillation.Logits,
    };
    readonly Option<double> _hiddenWeight = new("--hidden-weight")
    {
        Description = "How much the difference to the outputs of the teacher's blocks counts.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.Distillation.Hidden,
    };
    readonly Option<double> _temperature = new("--temperature")
    {
        Description = "Softens both distributions.",
        HelpName = "F",
        DefaultValueFactory = _ => Default.Distillation.Temperature,
    };

    IEnumerable<Option> OfTeacher => [_taskWeight, _logitsWeight, _hiddenWeight, _temperature];

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_epochs, _maxSteps, _batchSize, _accumulate, _learningRate, _schedule, _warmUp, _weightDecay,
            _clip, _dropout, _train, _compute,
            _validationShare, _validateEvery, _patience, _metric, .. OfTeacher]) command.Options.Add(option);
    }

    public TrainingOptions Options(ParseResult parse, int seed, bool hasTeacher)
    {
        if (!hasTeacher && OfTeacher.FirstOrDefault(parse.Given) is { } lonely) throw new BadUsageException($"{lonely.Name} needs --teacher.");
        return new TrainingOptions
        {
            Epochs = parse.GetValue(_epochs),
            MaxSteps = parse.GetValue(_maxSteps),
            BatchSize = parse.GetValue(_batchSize),
            Accumulate = parse.GetValue(_accumulate),
            LearningRate = parse.GetValue(_learningRate),
            Schedule = Choose(parse, _schedule, ("linear", ScheduleKind.Linear), ("cosine", ScheduleKind.Cosine),
                ("constant", ScheduleKind.Constant)),
            WarmUp = parse.GetValue(_warmUp),
            WeightDecay = parse.GetValue(_weightDecay),
            ClipNorm = parse.GetValue(_clip),
            Dropout = parse.GetValue(_dropout),
            Part = Choose(parse, _train, ("all", TrainedPart.All), ("ffn", TrainedPart.FeedForward)),
            Compute = Choose(parse, _compute, ("auto", ComputeType.Auto), ("float32", ComputeType.FullPrecision),
                ("bfloat16", ComputeType.BFloat16)),
            ValidationShare = parse.GetValue(_validationShare),
            ValidateEvery = parse.GetValue(_validateEvery),
            Patience = parse.GetValue(_patience),
            Metric = parse.GetValue(_metric),
            Distillation = new DistillationOptions
            {
                Task = parse.GetValue(_taskWeight),
                Logits = parse.GetValue(_logitsWeight),
                Hidden = parse.GetValue(_hiddenWeight),
                Temperature = parse.GetValue(_temperature),
            },
            Seed = seed,
        };
    }

    internal static T Choose<T>(ParseResult parse, Option<string> option, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        var given = parse.GetValue(option);
        var names = new List<string>();
        foreach (var (name, value) in choices)
        {
            if (name == given) return value;
            names.Add(name);
        }
        throw new BadUsageException($"{option.Name}: expected {string.Join(", ", names)}, found '{given}'.");
    }
}
