using System.CommandLine;
using System.CommandLine.Parsing;

namespace FFSplit.Cli.Verbs;

/// <summary>A verb: its options on one side, one call into the library on the other.</summary>
abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines for the help, the plainest first.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Runs it.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public abstract int Execute(ParseResult parse, VerbContext context);

    protected static Argument<string> ModelArgument(string description = "The model's Hugging Face folder.")
    {
        var model = new Argument<string>("MODEL") { Description = description };
        model.Validators.Add(NotBlank);
        return model;
    }

    protected static Option<string> OutputOption(string description, string helpName, bool required)
    {
        var output = new Option<string>("--output", "-o") { Description = description, HelpName = helpName, Required = required };
        output.Validators.Add(NotBlank);
        return output;
    }

    /// <summary>An empty path is what an unset variable of a script leaves.</summary>
    protected static void NotBlank(SymbolResult result)
    {
        var name = result is OptionResult option ? option.Option.Name : ((ArgumentResult)result).Argument.Name;
        if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value))) result.AddError($"{name}: expected a path, found an empty text.");
    }
}
