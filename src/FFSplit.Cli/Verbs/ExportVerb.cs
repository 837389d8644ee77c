using System.CommandLine;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;

namespace FFSplit.Cli.Verbs;

sealed class ExportVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("The split model's folder.");
    readonly Option<string> _format = new("--format")
    {
        Description = $"One of {string.Join(", ", ExportOptions.Formats)}.",
        HelpName = "NAME",
        Required = true
    };
    readonly Option<string> _output = OutputOption("The folder to write.", "FOLDER", required: true);

    public ExportVerb() : base("export",
        "Write a split model as the equal dense folder, which every Hugging Face loader reads (for checking: float32, as slow as the dense model).")
    {
        Arguments.Add(_model);
        Options.Add(_format);
        Options.Add(_output);
    }

    public override IReadOnlyList<string> Examples => ["ffsplit export out/minilm-split --format dense-shaped -o out/minilm-dense-shaped"];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new ExportOptions
        {
            Model = parse.GetRequiredValue(_model),
            Format = parse.GetRequiredValue(_format),
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
