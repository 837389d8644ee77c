using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace FFSplit.Cli.Options;

/// <summary>Options that take a number with a point.</summary>
static class Numbers
{
    public static Option<double> Option(string name, string description, string helpName, double fallback) => new(name)
    {
        Description = description,
        HelpName = helpName,
        DefaultValueFactory = _ => fallback,
        CustomParser = Parse,
    };

    public static Option<double?> Optional(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = result => Parse(result),
    };

    // Ordinary parsing takes a comma for a mark between thousands: 0,1 would be 1.
    static double Parse(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return number;
        result.AddError($"{(result.Parent as OptionResult)?.Option.Name}: expected a number such as 0.25, found '{text}'.");
        return double.NaN;
    }
}
