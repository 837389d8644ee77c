using System.CommandLine;
using FFSplit.Checkpoints.Inspection;
using FFSplit.Cli.Rendering;

namespace FFSplit.Cli.Verbs;

sealed class InspectVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("A Hugging Face folder, dense or split.");

    public InspectVerb()
        : base("inspect", "Print what a model is: blocks, parameters, where the bytes are, ranks, operations. Reads no weights.")
        => Arguments.Add(_model);

    public override IReadOnlyList<string> Examples
        => ["ffsplit inspect models/all-MiniLM-L6-v2", "ffsplit inspect out/minilm-split --json"];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var report = Inspector.Inspect(parse.GetRequiredValue(_model), context.AllowedConfig);
        context.Show(report, InspectionJson.Default.InspectionReport, [], console => InspectionView.Write(console, report));
        return ExitCodes.Fine;
    }
}
