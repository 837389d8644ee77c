using System.Runtime.InteropServices;
using FFSplit.Checkpoints;
using FFSplit.Cli.Rendering;

namespace FFSplit.Cli;

/// <summary>Turns exceptions into a message and an exit code.</summary>
static class Failures
{
    const string TraceVariable = "FFSPLIT_TRACE";

    public static int Report(Exception exception, TextWriter error, string? verb)
    {
        var (code, message) = Judge(exception);
        error.WriteLine(Terminals.Wrap(code == ExitCodes.Cancelled ? message : $"error: {message}"));
        if (code == ExitCodes.BadUsage) error.WriteLine($"Run 'ffsplit {(verb is null ? "" : verb + " ")}--help' for the options.");
        if (Environment.GetEnvironmentVariable(TraceVariable) == "1") error.WriteLine(exception);
        return code;
    }

    static (int Code, string Message) Judge(Exception exception)
    {
        // A failed static constructor or task wraps what matters.
        for (var e = exception; e is not null; e = e.InnerException)
            switch (e)
            {
                case OperationCanceledException: return (ExitCodes.Cancelled, "cancelled");
                case BadUsageException: return (ExitCodes.BadUsage, e.Message);
                case BadInputException: return (ExitCodes.BadInput, e.Message);
                case MachineLimitException: return (ExitCodes.Machine, e.Message);
                // What libtorch says when its allocator fails comes as the second.
                case OutOfMemoryException or ExternalException when e is OutOfMemoryException
                    || e.Message.Contains("memory", StringComparison.OrdinalIgnoreCase):
                    return (ExitCodes.Machine,
                        "memory: expected enough for this job, found less. Give a smaller --memory, --max-tokens or --threads, or close "
                            + "other programs.");
            }
        return exception switch
        {
            // What foreign files bring is a BadInputException long before this; left are disk and file system.
            IOException or UnauthorizedAccessException
                => (ExitCodes.Machine, $"{exception.Message} Check the disk and the permissions, then try again."),
            _ => (ExitCodes.Internal,
                $"{exception.GetType().Name}: {exception.Message} This is a fault of ffsplit; set {TraceVariable}=1 for the trace and "
                    + $"report it."),
        };
    }
}
