using FFSplit.Runtime;

namespace FFSplit.Extensions.AI;

/// <summary>Which model a registered generator loads, and how it is run.</summary>
public sealed class FFSplitEmbeddingOptions
{
    /// <summary>A folder that ffsplit export wrote.</summary>
    public string Folder { get; set; } = "";

    /// <summary>How it is run.</summary>
    public RuntimeOptions Runtime { get; set; } = new();
}
