using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Onnx.Emitting;

/// <summary>A residual stream with what is still to be added to it, so that an operator set can do the sum and the norm after it in one
/// go.</summary>
/// <param name="Value">(rows × length × d).</param>
/// <param name="Terms">Products to add, same shape.</param>
/// <param name="Biases">Vectors to add, (d).</param>
sealed record Residual(string Value, IReadOnlyList<string> Terms, IReadOnlyList<WeightBinding> Biases)
{
    /// <summary>A stream to which nothing is to be added.</summary>
    public static Residual Of(string value) => new(value, [], []);

    /// <summary>The same with more to add.</summary>
    public Residual Plus(Addend addend) => new(Value, [.. Terms, .. addend.Terms], [.. Biases, .. addend.Biases]);
}

/// <summary>What a sub-layer adds to the residual stream, not added up yet.</summary>
/// <param name="Terms">Products, (rows × length × d) each.</param>
/// <param name="Biases">Vectors, (d).</param>
sealed record Addend(IReadOnlyList<string> Terms, IReadOnlyList<WeightBinding> Biases)
{
    /// <summary>One product and its bias, as far as there.</summary>
    public static Addend Of(string term, WeightBinding? bias) => new([term], bias is null ? [] : [bias]);
}
