using System.CommandLine;

namespace FFSplit.Cli.Options;

static class ParseResults
{
    /// <summary>Whether the user wrote the option, rather than its default standing in.</summary>
    public static bool Given(this ParseResult parse, Option option) => parse.GetResult(option) is { Implicit: false };
}
