using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FFSplit.Cli.Rendering;
using FFSplit.Modeling.Native;
using Spectre.Console;

namespace FFSplit.Cli;

/// <summary>What a verb gets from its surroundings.</summary>
/// <param name="Json">Whether standard output takes one JSON document and nothing else.</param>
/// <param name="Threads">For libtorch; null for its own choice.</param>
/// <param name="Seed">Of all random choices.</param>
/// <param name="Force">Whether outputs may be replaced.</param>
/// <param name="AllowedConfig">Config keys to pass over.</param>
/// <param name="Out">Standard output, drawn on.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Progress">Draws on standard error.</param>
/// <param name="Cancellation">Ctrl-C and SIGTERM.</param>
sealed record VerbContext(bool Json, int? Threads, int Seed, bool Force, IReadOnlyList<string> AllowedConfig, IAnsiConsole Out,
    TextWriter Error, ConsoleProgress Progress,
    CancellationToken Cancellation)
{
    /// <summary>Call before anything touches libtorch; verbs that don't, start without loading its half gigabyte.</summary>
    public void PrepareTorch()
    {
        NativeThreads.WaitPassively();
        NativeMemory.TuneAllocator();
        TorchLibrary.Ensure();
        if (Threads is { } threads) TorchSharp.torch.set_num_threads(threads);
    }

    /// <summary>Runs what keeps unfinished work in a folder; where it is cancelled, that is said.</summary>
    public T GoesOn<T>(string? folder, Func<T> run)
    {
        try
        {
            return run();
        }
        catch (OperationCanceledException) when (Directory.Exists(folder))
        {
            Progress.Finish();
            Error.WriteLine($"note: {folder} keeps what is done; the same command goes on from there.");
            throw;
        }
    }

    /// <summary>Shows a result: as JSON, or as the view draws it; notices always go to standard error.</summary>
    public void Show<T>(T result, JsonTypeInfo<T> json, IReadOnlyList<string> notices, Action<IAnsiConsole> view)
    {
        Progress.Finish();
        foreach (var notice in notices) Error.WriteLine($"note: {notice}");
        if (Json)
        {
            using var stdout = Console.OpenStandardOutput();
            stdout.Write(JsonSerializer.SerializeToUtf8Bytes(result, json));
            stdout.WriteByte((byte)'\n');
        }
        else view(Out);
    }
}
