using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>Colours and moving bars are for terminals; files and pipes get plain lines.</summary>
static class Terminals
{
    // Wide enough that no table is cut in a file.
    const int WidthWithoutTerminal = 160;

    public static bool ErrorIsTerminal => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Breaks text for standard error between words, on a terminal; elsewhere a message stays one line, for whoever searches
    /// it.</summary>
    public static string Wrap(string text)
    {
        if (!ErrorIsTerminal || Console.WindowWidth is not (> 20 and var width)) return text;
        var lines = new List<string>();
        foreach (var word in text.Split(' '))
        {
            if (lines.Count > 0 && lines[^1].Length + 1 + word.Length < width) lines[^1] += " " + word;
            else lines.Add(lines.Count == 0 ? word : "  " + word);
        }
        return string.Join(Environment.NewLine, lines);
    }

    public static IAnsiConsole Output()
    {
        var plain = Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Out),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Capabilities.Unicode = true;
        if (plain) console.Profile.Width = WidthWithoutTerminal;
        return console;
    }
}
