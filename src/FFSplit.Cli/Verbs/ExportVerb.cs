using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;
using FFSplit.Onnx.Exporting;

namespace FFSplit.Cli.Verbs;

sealed class ExportVerb : Verb
{
    static readonly string[] Formats = [OnnxExportOptions.Format, .. ExportOptions.Formats];

    readonly Argument<string> _model = ModelArgument("The model's folder, dense or split.");
    readonly Option<string> _format = new("--format")
    {
        Description = $"One of {string.Join(", ", Formats)}. dense-shaped is the equal dense folder of a split model, for checking: float32, "
            + "as slow as the dense model.",
        HelpName = "NAME",
        DefaultValueFactory = _ => OnnxExportOptions.Format
    };
    readonly Option<string?> _target = new("--target")
    {
        Description = $"For onnx, one of {string.Join(", ", OnnxExportOptions.Targets)}: ONNX Runtime's own operators, which are faster "
            + "there (the default), or standard ones only, for the browser and other runtimes.",
        HelpName = "NAME"
    };
    readonly Option<string?> _precision = new("--precision")
    {
        Description = $"For onnx, one of {string.Join(", ", OnnxExportOptions.Precisions)}: float32 (the default); int8 matrices with a scale for "
            + "each output; int4, with a scale for each block of inputs; mixed and int8-static pack the codes and ranges of 'ffsplit quantize'.",
        HelpName = "NAME"
    };
    readonly Option<string?> _table = new("--table")
    {
        Description = $"{OnnxExportOptions.EightBits}: tables too; {OnnxExportOptions.FourBits}: the token table in 4 bits, the others in 8 "
            + $"(not with {OnnxExportOptions.FullPrecision}).",
        HelpName = "NAME"
    };
    readonly Option<string> _output = OutputOption("The folder to write.", "FOLDER", required: true);

    public ExportVerb() : base("export",
        "Write a model, dense or split, for other runtimes: as ONNX with all files that belong to it, or as the equal dense folder.")
    {
        Arguments.Add(_model);
        Options.Add(_format);
        Options.Add(_target);
        Options.Add(_precision);
        Options.Add(_table);
        Options.Add(_output);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit export out/minilm-split -o out/minilm-onnx",
        "ffsplit export out/minilm-split --precision int8 --table int8 -o out/minilm-int8",
        "ffsplit export out/opt-mixed --precision mixed --table int8 -o out/opt-onnx",
        "ffsplit export out/minilm-split --target portable -o out/minilm-web",
        "ffsplit export out/minilm-split --format dense-shaped -o out/minilm-dense-shaped",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var format = parse.GetRequiredValue(_format);
        if (!Formats.Contains(format))
            throw new BadUsageException($"--format: expected one of {string.Join(", ", Formats)}, found '{format}'.");
        return format == OnnxExportOptions.Format ? Onnx(parse, context) : DenseShaped(parse, context);
    }

    int Onnx(ParseResult parse, VerbContext context)
    {
        var result = OnnxExport.Run(new OnnxExportOptions
        {
            Model = parse.GetRequiredValue(_model),
            Output = parse.GetRequiredValue(_output),
            Target = parse.GetValue(_target) ?? OnnxExportOptions.OnnxRuntime,
            Precision = parse.GetValue(_precision) ?? OnnxExportOptions.FullPrecision,
            Table = parse.GetValue(_table),
            Force = context.Force,
            AllowedConfig = context.AllowedConfig,
        }, context.Progress, context.Cancellation);
        string[] notices = parse.GetValue(_table) is { } asked && asked != result.Table
            ? [$"The token table has {result.Table}: its width is no multiple of 64, which {asked} needs."] : [];
        context.Show(result, OnnxExportJson.Default.OnnxExportResult, notices,
            console => SizesView.Line(console, $"{result.Output}: {Text.Count(result.Parameters)} parameters, {Text.Bytes(result.Bytes)} "
                + $"({result.Format}, {result.Precision}, {result.Target})"));
        return ExitCodes.Fine;
    }

    int DenseShaped(ParseResult parse, VerbContext context)
    {
        foreach (var option in (Option<string?>[])[_target, _precision, _table])
            if (parse.GetValue(option) is { } given)
                throw new BadUsageException(
                    $"{option.Name}: expected with --format {OnnxExportOptions.Format} only, found '{given}' with {ExportOptions.DenseShaped}.");
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
