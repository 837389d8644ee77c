using System.CommandLine;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Cli.Rendering;
using FFSplit.Runtime;

namespace FFSplit.Cli.Verbs;

sealed class RunVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("An exported model's folder.");
    readonly Argument<string> _text = new("TEXT") { Description = "The text; for a model that fills masks, with a mask token in it." };
    readonly Option<string?> _pair = new("--pair") { Description = "The second text of a pair.", HelpName = "TEXT" };
    readonly Option<int> _top = new("--top") { Description = "So many of the likeliest answers.", HelpName = "N", DefaultValueFactory = _ => 5 };

    public RunVerb() : base("run", "Run an exported model on one text: its labels, its score, its vector, or what fills the mask.")
    {
        Arguments.Add(_model);
        Arguments.Add(_text);
        Options.Add(_pair);
        Options.Add(_top);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit run out/sst2-onnx \"a gripping and moving film\"",
        "ffsplit run out/reranker-onnx \"how do bees find flowers\" --pair \"Bees see ultraviolet patterns.\"",
        "ffsplit run out/bert-onnx \"The capital of France is [MASK].\"",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var top = parse.GetValue(_top);
        if (top < 1) throw new BadUsageException($"--top: expected a number of at least 1, found {top}.");
        using var model = ExportedModel.Load(parse.GetRequiredValue(_model), new RuntimeOptions { Threads = context.Threads });
        var result = Answer(model, new TextInput(parse.GetRequiredValue(_text), parse.GetValue(_pair)), top, context.Cancellation);
        context.Show(result, RunJson.Default.RunResult, [], console => RunView.Write(console, result));
        return ExitCodes.Fine;
    }

    static RunResult Answer(ExportedModel model, TextInput text, int top, CancellationToken cancellation)
    {
        if (model.Model is { IsTokenLevel: true, Generates: false })
            return new([.. new MaskFiller(model).Fill(text.Text, top, cancellation)
                .SelectMany((filled, i) => filled.Select(f => new RunAnswer($"mask {i + 1}: {f.Token}", f.Probability)))], null);
        if (model.Model.Available.HasFlag(ModelOutputs.SentenceEmbedding)) return new([], new TextEmbedder(model).Embed(text.Text, cancellation));
        var classifier = new TextClassifier(model);
        var logits = classifier.Logits([text], cancellation).Logits[0];
        if (logits.Length == 1) return new([new RunAnswer("score", logits[0])], null);
        return new([.. classifier.Classify([text], cancellation).Labels[0].Take(top).Select(l => new RunAnswer(l.Name, l.Probability))], null);
    }
}
