namespace FFSplit.Checkpoints.Architectures;

/// <summary>Multi-head self-attention: softmax(scale · Q Kᵀ + bias) V, then the output projection.</summary>
public sealed record Attention
{
    /// <summary>hidden size → heads · head size.</summary>
    public required Linear Query { get; init; }

    /// <summary>hidden size → key-value heads · head size.</summary>
    public required Linear Key { get; init; }

    /// <summary>hidden size → key-value heads · head size.</summary>
    public required Linear Value { get; init; }

    /// <summary>heads · head size → hidden size.</summary>
    public required Linear Output { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads; each serves Heads / KeyValueHeads query heads.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Dimensions of a head; need not be hidden size / heads.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Factor on the scores.</summary>
    public required double ScoreScale { get; init; }

    /// <summary>Whether a token sees only itself and earlier ones.</summary>
    public bool Causal { get; init; }

    /// <summary>How many tokens a token sees, itself included (local attention); null for all.</summary>
    public int? Window { get; init; }

    /// <summary>Rotary positions on queries and keys.</summary>
    public RotaryEmbedding? Rotary { get; init; }

    /// <summary>Every weight of the attention.</summary>
    public IEnumerable<WeightBinding> Bindings => new[] { Query, Key, Value, Output }.SelectMany(l => l.Bindings);
}
