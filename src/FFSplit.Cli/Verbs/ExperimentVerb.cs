using System.CommandLine;
using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Cli.Options;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Methods;
using FFSplit.Experiments;
using FFSplit.Experiments.Reports;

namespace FFSplit.Cli.Verbs;

sealed class ExperimentVerb : Verb
{
    readonly Argument<string> _name = new("NAME")
    {
        Description = "Which:\n" + string.Join("\n", ExperimentCatalog.All.Select(e => $"{e.Name}: {e.Summary}")),
    };
    readonly Argument<string> _model = ModelArgument("The dense model's folder; one without the task's head is trained first.");
    readonly Option<string> _output = OutputOption("The folder for the report and its plots.", "FOLDER", required: true);
    readonly Option<string?> _task = new("--task")
    {
        Description = "What judges: a task of GLUE, sts-b or perplexity (see ffsplit evaluate).",
        HelpName = "NAME",
    };
    readonly Option<string[]> _data = new("--data")
    {
        Description = "What judges: the GLUE task's folder (its dev.tsv), or text; repeatable for texts, the first decides.",
        HelpName = "PATH",
        AllowMultipleArgumentsPerToken = false,
    };
    readonly Option<string?> _train = new("--train-data")
    {
        Description = "What calibrates, repairs and trains (default: the GLUE task's train.tsv).",
        HelpName = "PATH",
    };
    readonly Option<string[]> _others = new("--other")
    {
        Description = "Another task's text to choose neurons by, as TASK=PATH (transfer; repeatable).",
        HelpName = "TASK=PATH",
        AllowMultipleArgumentsPerToken = false,
    };
    readonly Option<string> _seeds = new("--seeds")
    {
        Description = "Seeds of the repetitions, such as 0,1,2 (default: --seed).",
        HelpName = "LIST",
    };
    readonly Option<double> _heavy = Numbers.Option("--heavy", "Fraction of neurons that the paper's split keeps whole.", "F", 0.25);
    readonly Option<double> _rank = Numbers.Option("--rank", "Rank of its light factors as a fraction of full rank.", "F", 0.10);
    readonly Option<string?> _methods = new("--methods")
    {
        Description = "The methods to compare (default: all, and dropped layers).",
        HelpName = "LIST",
    };
    readonly Option<int> _samples = new("--calibration-samples")
    {
        Description = "Texts that statistics and repair see (encoders).",
        HelpName = "N",
        DefaultValueFactory = _ => 2000,
    };
    readonly Option<int?> _windows = new("--calibration-windows")
    {
        Description = "Windows that statistics and repair see (causal models).",
        HelpName = "N",
    };
    readonly Option<int> _epochs = new("--epochs")
    {
        Description = "Times that each compressed model sees the training data; 0 leaves fine-tuning out.",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };
    readonly Option<int> _denseEpochs = new("--dense-epochs")
    {
        Description = "Times that the dense model sees it, where it has to be trained; the best of them is kept.",
        HelpName = "N",
        DefaultValueFactory = _ => 3,
    };
    readonly Option<int?> _maxSteps = new("--max-steps") { Description = "End each training after so many steps.", HelpName = "N" };
    readonly Option<int?> _trainSamples = new("--train-samples")
    {
        Description = "Train on at most so many samples, drawn by the first seed.",
        HelpName = "N",
    };
    readonly Option<string> _rates = new("--learning-rates")
    {
        Description = "Step sizes to choose from by the part of train that is set aside.",
        HelpName = "LIST",
        DefaultValueFactory = _ => "5e-5,1e-4,2e-4",
    };
    readonly Option<string?> _tunedRates = new("--tuned-learning-rates")
    {
        Description = "Step sizes of the compressed models to choose from, likewise, by the paper's split (default: the dense model's).",
        HelpName = "LIST",
    };
    readonly Option<string?> _work = new("--work")
    {
        Description = "The folder for models and measurements; the same command goes on from there (default: OUTPUT.work).",
        HelpName = "FOLDER",
    };
    readonly Option<bool> _keep = new("--keep-models") { Description = "Keep the compressed models too after they were judged." };
    readonly Option<bool> _restart = new("--restart") { Description = "Throw unfinished work away instead of going on with it." };

    public ExperimentVerb() : base("experiment", "Run one of the paper's experiments: JSON, plots and a paragraph.")
    {
        Arguments.Add(_name);
        Arguments.Add(_model);
        foreach (var option in (Option[])[_output, _task, _data, _train, _others, _seeds, _heavy, _rank, _methods, _samples, _windows, _epochs,
            _denseEpochs, _maxSteps, _trainSamples, _rates, _tunedRates, _work, _keep, _restart]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit experiment compare models/all-MiniLM-L6-v2 --task mrpc --data glue/MRPC --seeds 0,1,2 -o results",
        "ffsplit experiment ablate models/opt-6m-novels --task perplexity --data held-out/ --train-data novels/ -o results",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = Read(parse, context);
        options.Validate();
        context.PrepareTorch();
        var (report, files) = context.GoesOn(options.WorkFolder, () => ExperimentJob.Run(parse.GetRequiredValue(_name), options, context.Progress, text =>
        {
            context.Progress.Finish();
            context.Error.WriteLine(text);
        }, context.Cancellation));
        context.Show(report, ReportJson.Default.ExperimentReport, report.Notices, console => ReportView.Write(console, report, files));
        return ExitCodes.Fine;
    }

    ExperimentOptions Read(ParseResult parse, VerbContext context) => new()
    {
        Model = parse.GetRequiredValue(_model),
        Output = parse.GetRequiredValue(_output),
        Task = parse.GetValue(_task) ?? "",
        Data = parse.GetValue(_data) ?? [],
        TrainData = parse.GetValue(_train),
        Others = [.. (parse.GetValue(_others) ?? []).Select(Other)],
        Seeds = parse.GetValue(_seeds) is { } seeds ? List(_seeds.Name, seeds, s => int.Parse(s, CultureInfo.InvariantCulture))
            : [context.Seed],
        Sizes = new SplitSizes(parse.GetValue(_heavy), parse.GetValue(_rank)),
        Methods = parse.GetValue(_methods)?.Split(',') ?? [],
        CalibrationSamples = parse.GetValue(_samples),
        CalibrationWindows = parse.GetValue(_windows),
        Epochs = parse.GetValue(_epochs),
        DenseEpochs = parse.GetValue(_denseEpochs),
        MaxSteps = parse.GetValue(_maxSteps),
        TrainSamples = parse.GetValue(_trainSamples),
        LearningRates = Rates(_rates.Name, parse.GetValue(_rates)!),
        TunedLearningRates = parse.GetValue(_tunedRates) is { } tuned ? Rates(_tunedRates.Name, tuned) : [],
        AllowedConfig = context.AllowedConfig,
        Work = parse.GetValue(_work),
        KeepModels = parse.GetValue(_keep),
        Force = context.Force,
        Restart = parse.GetValue(_restart),
        Command = "ffsplit " + string.Join(' ', Environment.GetCommandLineArgs().Skip(1)),
    };

    static (string, string) Other(string text) => text.Split('=', 2) is [var name, var path] ? (name, path)
        : throw new BadUsageException($"--other: expected TASK=PATH, found '{text}'.");

    static double[] Rates(string option, string text) => List(option, text, s => double.Parse(s, CultureInfo.InvariantCulture));

    static T[] List<T>(string option, string text, Func<string, T> read)
    {
        try
        {
            return [.. text.Split(',').Select(read)];
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new BadUsageException($"{option}: expected numbers with commas between them, found '{text}'.");
        }
    }
}
