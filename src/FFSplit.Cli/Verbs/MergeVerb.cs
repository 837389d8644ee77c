using System.CommandLine;
using FFSplit.Cli.Rendering;
using FFSplit.Compression.Jobs;

namespace FFSplit.Cli.Verbs;

sealed class MergeVerb : Verb
{
    readonly Argument<string[]> _files = new("STATISTICS")
    {
        Description = "Statistics files of one model.",
        Arity = ArgumentArity.OneOrMore
    };
    readonly Option<string> _output = OutputOption("The file to write.", "FILE", required: true);

    public MergeVerb() : base("merge", "Add up statistics that were collected separately on one model.")
    {
        _files.Validators.Add(NotBlank);
        Arguments.Add(_files);
        Options.Add(_output);
    }

    public override IReadOnlyList<string> Examples => ["ffsplit merge first.safetensors second.safetensors -o both.safetensors"];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new MergeOptions
        {
            Files = parse.GetRequiredValue(_files),
            Output = parse.GetRequiredValue(_output),
            Force = context.Force
        };
        var result = MergeJob.Run(options, context.Cancellation);
        context.Show(result, JobJson.Default.MergeResult, [],
            console => console.Profile.Out.Writer.WriteLine($"{result.Output}: {Text.Count(result.Tokens)} tokens over {result.Layers} "
                + $"layers of {result.Model} ({result.Data})"));
        return ExitCodes.Fine;
    }
}
