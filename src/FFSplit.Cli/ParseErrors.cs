using System.CommandLine;
using System.Text.RegularExpressions;

namespace FFSplit.Cli;

/// <summary>Says what is wrong with a command line, and what was perhaps meant.</summary>
static partial class ParseErrors
{
    public static int Report(ParseResult parse, TextWriter error, string? verb)
    {
        foreach (var message in parse.Errors.Select(e => Plain(e.Message)).Distinct()) error.WriteLine($"error: {message}");
        foreach (var token in parse.UnmatchedTokens)
            if (Nearest(token, Known(parse.CommandResult.Command, token)) is { } near)
                error.WriteLine($"'{token}' is unknown. Did you mean '{near}'?");
        error.WriteLine($"Run 'ffsplit {(verb is null ? "" : verb + " ")}--help' for the options.");
        return ExitCodes.BadUsage;
    }

    static string Plain(string message) => TypeName().Replace(message, m => m.Groups[1].Value switch
    {
        "Int32" or "Int64" => "a whole number",
        "Double" => "a number",
        _ => "what this option takes",
    });

    static IEnumerable<string> Known(Command command, string token) => token.StartsWith('-')
        ? command.Parents.OfType<Command>().Append(command).SelectMany(c => c.Options).SelectMany(o => o.Aliases.Append(o.Name))
        : command.Subcommands.Select(c => c.Name);

    static string? Nearest(string token, IEnumerable<string> known)
        => known.Select(name => (Name: name, Distance: Distance(token, name))).Where(n => n.Distance <= 2 + token.Length / 6)
            .OrderBy(n => n.Distance).Select(n => n.Name).FirstOrDefault();

    // Levenshtein's distance, row by row.
    static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }

    [GeneratedRegex(@"expected type '(?:System\.Nullable`1\[)?System\.(\w+)\]?'")]
    private static partial Regex TypeName();
}
