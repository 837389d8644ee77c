using System.Diagnostics;
using System.Runtime.InteropServices;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Runs the built command line as a process of its own.</summary>
static partial class CliProcess
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(400);

    /// <summary>Runs to the end.</summary>
    public static CliRun Run(params string[] arguments) => Run(arguments, null);

    /// <summary>Runs to the end, doing something while it runs.</summary>
    public static CliRun Run(string[] arguments, Action<Process>? meanwhile)
    {
        // A test run in the background of a shell has SIGINT ignored, and so would the process that is to be interrupted.
        var start = new ProcessStartInfo(meanwhile is null ? "dotnet" : "env") { RedirectStandardOutput = true, RedirectStandardError = true };
        if (meanwhile is not null)
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add("dotnet");
        }
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "ffsplit.dll"));
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        // Another language of the machine must not change a number.
        start.Environment["LC_ALL"] = "de_DE.UTF-8";
        // Threads that spin while they wait would take the cores from the tests beside.
        start.Environment["OMP_WAIT_POLICY"] = "PASSIVE";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            meanwhile?.Invoke(process);
            if (!process.WaitForExit(Limit)) throw new TimeoutException($"ffsplit {string.Join(' ', arguments)} took more than {Limit}.");
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        return new CliRun(process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    /// <summary>Sends a signal: INT, as Ctrl-C does, or TERM, as service managers do. By the system call, since a bare Debian has no kill program.</summary>
    public static void Interrupt(Process process, string signal = "INT")
        => Assert.Equal(0, Kill(process.Id, signal == "INT" ? 2 : 15));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>What a run left.</summary>
sealed record CliRun(int Code, string Output, string Error)
{
    /// <summary>The run must have ended with this code; the message shows all that it wrote.</summary>
    public CliRun Ended(int code)
    {
        Assert.True(code == Code, $"exit code {Code} instead of {code}\n--- stdout\n{Output}\n--- stderr\n{Error}");
        return this;
    }

    /// <summary>Standard error must hold all of these.</summary>
    public CliRun Says(params string[] words)
    {
        foreach (var word in words) Assert.Contains(word, Error, StringComparison.Ordinal);
        return this;
    }

    /// <summary>Standard output must be one JSON document.</summary>
    public System.Text.Json.JsonElement Json()
    {
        using var document = System.Text.Json.JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }
}
