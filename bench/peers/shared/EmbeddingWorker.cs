using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

/// <summary>What measure.py asks of an embedder: it stays loaded, and does one timed thing for each line of standard input.</summary>
static class EmbeddingWorker
{
    /// <summary>Serves until the input ends.</summary>
    /// <param name="many">Vectors of all texts at once, as the library does it best.</param>
    public static void Serve(Func<string[], float[][]> many)
    {
        Console.WriteLine($$"""{"resident_mb": {{Resident()}}}""");
        while (Console.ReadLine()?.Split('\t') is [var command, var file, .. var rest])
        {
            var texts = File.ReadAllLines(file);
            var watch = Stopwatch.StartNew();
            if (command == "single")
                foreach (var text in texts) many([text]);
            else if (command == "many")
                many(texts);
            else
                File.WriteAllBytes(rest[0], [.. many(texts).SelectMany(v => MemoryMarshal.AsBytes(v.AsSpan()).ToArray())]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $$"""{"seconds": {{watch.Elapsed.TotalSeconds}}, "resident_mb": {{Resident()}}}"""));
        }
    }

    static long Resident() => Environment.WorkingSet >> 20;
}
