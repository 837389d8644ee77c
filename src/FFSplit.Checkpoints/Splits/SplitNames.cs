namespace FFSplit.Checkpoints.Splits;

/// <summary>Names of a split FFN's tensors under its prefix (docs/format.md); matrices lie (out × in).</summary>
public static class SplitNames
{
    /// <summary>U_S.</summary>
    public const string HeavyUp = "heavy.up";
    /// <summary>G_S.</summary>
    public const string HeavyGate = "heavy.gate";
    /// <summary>V_S.</summary>
    public const string HeavyDown = "heavy.down";
    /// <summary>U_L, kept whole.</summary>
    public const string LightUp = "light.up";
    /// <summary>G_L, kept whole.</summary>
    public const string LightGate = "light.gate";
    /// <summary>V_L, kept whole.</summary>
    public const string LightDown = "light.down";
    /// <summary>Appended to the light names for the factor at the input: A (rank × in).</summary>
    public const string First = "_a";
    /// <summary>Appended to the light names for the factor at the output: B (out × rank), which carries the bias.</summary>
    public const string Second = "_b";
    /// <summary>The rank-q map of the input, with <see cref="First"/> and <see cref="Second"/>.</summary>
    public const string LightMap = "light.map";
    /// <summary>The output bias b.</summary>
    public const string Down = "down";
}
