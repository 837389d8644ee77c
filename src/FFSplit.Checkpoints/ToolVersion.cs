using System.Reflection;

namespace FFSplit.Checkpoints;

/// <summary>The version that is written into plans and split checkpoints.</summary>
public static class ToolVersion
{
    /// <summary>For example "0.1.0".</summary>
    public static string Current { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";
}
