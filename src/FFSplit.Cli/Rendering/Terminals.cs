using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>Colours and moving bars are for terminals; files and pipes get plain lines.</summary>
static class Terminals
{
    // Wide enough that no table is cut in a file.
    const int WidthWithoutTerminal = 160;

    public static bool ErrorIsTerminal => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

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
