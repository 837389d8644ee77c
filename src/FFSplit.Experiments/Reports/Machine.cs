using System.Runtime.InteropServices;

namespace FFSplit.Experiments.Reports;

/// <summary>Where an experiment ran.</summary>
/// <param name="Processor">The processor's name, for example "Intel(R) Xeon(R) Processor @ 2.70GHz".</param>
/// <param name="Cores">Logical cores that the process may use.</param>
/// <param name="Threads">How many threads computed.</param>
/// <param name="System">Operating system and .NET's version.</param>
public sealed record Machine(string Processor, int Cores, int Threads, string System)
{
    /// <summary>This machine.</summary>
    /// <param name="threads">How many threads compute.</param>
    public static Machine Current(int threads) => new(
        ProcessorName(), Environment.ProcessorCount, threads,
        $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}");

    static string ProcessorName() =>
        NameIn("/proc/cpuinfo")
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    // Linux gives a block of "key : value" lines a core; ARM kernels leave the name out.
    internal static string? NameIn(string cpuInfo)
    {
        try
        {
            var line = File.ReadLines(cpuInfo).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal));
            var name = line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            return string.IsNullOrEmpty(name) ? null : name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
