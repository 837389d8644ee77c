using System.CommandLine;
using FFSplit.Cli.Rendering;
using FFSplit.Runtime;
using FFSplit.Runtime.Generation;

namespace FFSplit.Cli.Verbs;

sealed class GenerateVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("An exported causal model's folder.");
    readonly Argument<string> _prompt = new("PROMPT") { Description = "The text to continue." };
    readonly Option<int> _most = new("--max-tokens") { Description = "At most so many new tokens.", HelpName = "N", DefaultValueFactory = _ => 128 };
    readonly Option<double> _temperature = new("--temperature")
    {
        Description = "0 always takes the likeliest token.",
        HelpName = "T",
    };
    readonly Option<int?> _topK = new("--top-k") { Description = "Draw among so many likeliest tokens.", HelpName = "N" };
    readonly Option<double> _topP = new("--top-p")
    {
        Description = "Draw among the likeliest tokens that make up this probability.",
        HelpName = "P",
        DefaultValueFactory = _ => 1,
    };
    readonly Option<double> _penalty = new("--repetition-penalty")
    {
        Description = "Above 1 makes tokens that occurred less likely.",
        HelpName = "F",
        DefaultValueFactory = _ => 1,
    };
    readonly Option<string[]> _stop = new("--stop") { Description = "A text that ends the generation (repeatable).", HelpName = "TEXT" };

    public GenerateVerb() : base("generate", "Continue a text with an exported causal model, as it comes.")
    {
        Arguments.Add(_model);
        Arguments.Add(_prompt);
        foreach (var option in (Option[])[_most, _temperature, _topK, _topP, _penalty, _stop]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples => ["ffsplit generate out/opt-onnx \"It was a dark and\" --temperature 0.8 --top-p 0.9"];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var options = new GenerationOptions
        {
            MaxTokens = parse.GetValue(_most),
            Temperature = parse.GetValue(_temperature),
            TopK = parse.GetValue(_topK),
            TopP = parse.GetValue(_topP),
            RepetitionPenalty = parse.GetValue(_penalty),
            Stop = parse.GetValue(_stop) ?? [],
            Seed = context.Seed,
        };
        options.Validate();
        using var model = ExportedModel.Load(parse.GetRequiredValue(_model), new RuntimeOptions { Threads = context.Threads });
        var generator = new TextGenerator(model);
        if (context.Json) return Whole(generator, parse.GetRequiredValue(_prompt), options, context);
        Pieces(generator, parse.GetRequiredValue(_prompt), options, Console.Out, context.Cancellation).GetAwaiter().GetResult();
        Console.Out.WriteLine();
        return ExitCodes.Fine;
    }

    static int Whole(TextGenerator generator, string prompt, GenerationOptions options, VerbContext context)
    {
        using var text = new StringWriter();
        Pieces(generator, prompt, options, text, context.Cancellation).GetAwaiter().GetResult();
        context.Show(new GeneratedText(prompt, text.ToString(), options.Seed), GeneratedJson.Default.GeneratedText, [], _ => { });
        return ExitCodes.Fine;
    }

    static async Task Pieces(TextGenerator generator, string prompt, GenerationOptions options, TextWriter output, CancellationToken cancellation)
    {
        await foreach (var piece in generator.Generate(prompt, options, cancellation))
        {
            await output.WriteAsync(piece);
            await output.FlushAsync(cancellation);
        }
    }
}
