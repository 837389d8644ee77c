using System.CommandLine;

namespace FFSplit.Cli.Verbs;

/// <summary>A verb: its options on one side, one call into the library on the other.</summary>
abstract class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Command lines for the help, the plainest first.</summary>
    public abstract IReadOnlyList<string> Examples { get; }

    /// <summary>Runs it.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public abstract int Execute(ParseResult parse, VerbContext context);

    protected static Argument<string> ModelArgument(string description = "The model's Hugging Face folder.") => new("MODEL") { Description = description };

    protected static Option<string> OutputOption(string description, string helpName, bool required) => new("--output", "-o")
    {
        Description = description,
        HelpName = helpName,
        Required = required,
    };
}
