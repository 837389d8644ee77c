using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;
using FFSplit.Onnx.Exporting;

namespace FFSplit.Cli.Verbs;

sealed class ExportVerb : Verb
{
    const string Onnx = "onnx";

    readonly Argument<string> _model = ModelArgument("A model's folder, dense or split (dense-shaped: split).");
    readonly Option<string> _format = new("--format")
    {
        Description = $"{Onnx}, or {ExportOptions.DenseShaped}: the equal dense folder that every Hugging Face loader reads.",
        HelpName = "NAME",
        DefaultValueFactory = _ => Onnx,
    };
    readonly Option<string?> _target = new("--target")
    {
        Description = "Who runs the ONNX model: onnxruntime (with its own faster operators; the default), or portable (the standard's only: "
            + "browsers, WinML).",
        HelpName = "NAME",
    };
    readonly Option<string?> _precision = new("--precision")
    {
        Description = "Of the ONNX model's matrices: fp32 (the default), or int8 with a scale for each output.",
        HelpName = "NAME",
    };
    readonly Option<string?> _table = new("--table")
    {
        Description = "int8: the token table and the other tables too, with a scale for each row (with --precision int8).",
        HelpName = "NAME",
    };
    readonly Option<string> _output = OutputOption("The folder to write.", "FOLDER", required: true);

    public ExportVerb() : base("export", "Write a model in a form that other runtimes read: ONNX, or a dense Hugging Face folder.")
    {
        Arguments.Add(_model);
        foreach (var option in (Option[])[_format, _target, _precision, _table, _output]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit export out/minilm-split -o out/minilm-onnx",
        "ffsplit export out/minilm-split --format dense-shaped -o out/minilm-dense-shaped",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var foreign = new Option<string?>[] { _target, _precision, _table }.FirstOrDefault(o => parse.GetValue(o) is not null);
        return parse.GetRequiredValue(_format) switch
        {
            Onnx => WriteOnnx(parse, context),
            _ when foreign is not null => throw new BadUsageException($"{foreign.Name} belongs to --format onnx."),
            ExportOptions.DenseShaped => WriteDenseShaped(parse, context),
            var other => throw new BadUsageException($"--format: expected {Onnx} or {ExportOptions.DenseShaped}, found '{other}'."),
        };
    }

    int WriteOnnx(ParseResult parse, VerbContext context)
    {
        var (target, precision, table) = (parse.GetValue(_target), parse.GetValue(_precision), parse.GetValue(_table));
        if (table is not (null or "int8")) throw new BadUsageException($"--table: expected int8, found '{table}'.");
        if (table is not null && precision != ExportPrecision.EightBit.Name()) throw new BadUsageException("--table int8 needs --precision int8.");
        var options = new OnnxExportOptions
        {
            Model = parse.GetRequiredValue(_model),
            Output = parse.GetRequiredValue(_output),
            Target = target is null ? ExportTarget.OnnxRuntime : ExportTargets.Parse(target)
                ?? throw new BadUsageException($"--target: expected one of {string.Join(", ", ExportTargets.Names)}, found '{target}'."),
            Precision = precision is null ? ExportPrecision.Full : ExportPrecisions.Parse(precision)
                ?? throw new BadUsageException($"--precision: expected one of {string.Join(", ", ExportPrecisions.Names)}, found '{precision}'."),
            Int8Tables = table is not null,
            Force = context.Force,
            AllowedConfig = context.AllowedConfig,
        };
        var result = OnnxExport.Write(options, context.Progress, context.Cancellation);
        context.Show(result, OnnxExportJson.Default.OnnxExportResult, [], console => SizesView.Line(console,
            $"{result.Output}: {Text.Count(result.Parameters)} parameters, {Text.Bytes(result.Bytes)} (onnx for {result.Target})"));
        return ExitCodes.Fine;
    }

    int WriteDenseShaped(ParseResult parse, VerbContext context)
    {
        var options = new ExportOptions
        {
            Model = parse.GetRequiredValue(_model),
            Format = ExportOptions.DenseShaped,
            Output = parse.GetRequiredValue(_output),
            Force = context.Force,
            AllowedConfig = context.AllowedConfig,
        };
        options.Validate();
        context.PrepareTorch();
        var result = ExportJob.Run(options, context.Progress, context.Cancellation);
        context.Show(result, JobJson.Default.ExportResult, [],
            console => SizesView.Line(console,
                $"{result.Output}: {Text.Count(result.Parameters)} parameters, {Text.Bytes(result.Bytes)} of weights ({result.Format})"));
        return ExitCodes.Fine;
    }
}
