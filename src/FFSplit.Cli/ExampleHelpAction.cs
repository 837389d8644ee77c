using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using FFSplit.Cli.Verbs;

namespace FFSplit.Cli;

/// <summary>The ordinary help, and examples after it.</summary>
sealed class ExampleHelpAction(HelpAction ordinary) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = ordinary.Invoke(parseResult);
        string[] examples = parseResult.CommandResult.Command is Verb verb ? [.. verb.Examples]
            : [.. parseResult.RootCommandResult.Command.Subcommands.OfType<Verb>().Select(v => v.Examples[0])];
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Length == 1 ? "Example:" : "Examples:");
        foreach (var example in examples) output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
