namespace FFSplit.Cli;

/// <summary>What the process says to scripts when it ends.</summary>
static class ExitCodes
{
    public const int Fine = 0;

    /// <summary>The job ran, and a check or comparison failed.</summary>
    public const int CheckFailed = 1;

    /// <summary>Options that are unknown, contradict each other or lie outside their range.</summary>
    public const int BadUsage = 2;

    /// <summary>A model, file or data set that cannot be used.</summary>
    public const int BadInput = 3;

    /// <summary>The machine: disk, memory, libraries.</summary>
    public const int Machine = 4;

    /// <summary>A fault of this program.</summary>
    public const int Internal = 5;

    /// <summary>Ctrl-C or SIGTERM: 128 + SIGINT, as shells count.</summary>
    public const int Cancelled = 130;
}
