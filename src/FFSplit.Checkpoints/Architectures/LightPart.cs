namespace FFSplit.Checkpoints.Architectures;

/// <summary>What stands for the light neurons of a split FFN.</summary>
public abstract record LightPart
{
    /// <summary>Every weight.</summary>
    public abstract IEnumerable<WeightBinding> Bindings { get; }

    /// <summary>The kind, as config.json and plans name it.</summary>
    public abstract LightKind Kind { get; }

    /// <summary>Rank of the factors or of the linear map; 0 where there is none.</summary>
    public abstract int Rank { get; }

    /// <summary>The light neurons are dropped, or there are none.</summary>
    public sealed record None : LightPart
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => [];
        /// <inheritdoc/>
        public override LightKind Kind => LightKind.None;
        /// <inheritdoc/>
        public override int Rank => 0;
    }

    /// <summary>The paper's factor pairs with the activation between: U_L ≈ A_U B_U, V_L ≈ A_V B_V (and G_L ≈ A_G B_G).</summary>
    public sealed record LowRank(Factors Up, Factors? Gate, Factors Down) : LightPart
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => Up.Bindings.Concat(Gate?.Bindings ?? []).Concat(Down.Bindings);
        /// <inheritdoc/>
        public override LightKind Kind => LightKind.LowRank;
        /// <inheritdoc/>
        public override int Rank => Up.First.Shape[0];
    }

    /// <summary>x P Q: a rank-q map of the FFN's input without activation.</summary>
    /// <param name="Map">P as First (q × hidden size), Q as Second (hidden size × q).</param>
    public sealed record Linear(Factors Map) : LightPart
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => Map.Bindings;
        /// <inheritdoc/>
        public override LightKind Kind => LightKind.Linear;
        /// <inheritdoc/>
        public override int Rank => Map.First.Shape[0];
    }

    /// <summary>The light neurons whole; only their bits differ (the paper's mode for OPT).</summary>
    public sealed record Dense(Neurons Neurons) : LightPart
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => Neurons.Bindings;
        /// <inheritdoc/>
        public override LightKind Kind => LightKind.Dense;
        /// <inheritdoc/>
        public override int Rank => 0;
    }
}

/// <summary>A product of two thin matrices: x → (x Firstᵀ) Secondᵀ + bias.</summary>
/// <param name="First">(rank × in).</param>
/// <param name="Second">(out × rank).</param>
/// <param name="Bias">(out), or null.</param>
public sealed record Factors(WeightBinding First, WeightBinding Second, WeightBinding? Bias = null)
{
    /// <summary>Every weight.</summary>
    public IEnumerable<WeightBinding> Bindings => Bias is null ? [First, Second] : [First, Second, Bias];
}

/// <summary>The kinds of <see cref="LightPart"/>.</summary>
public enum LightKind
{
    /// <summary>Dropped.</summary>
    None,
    /// <summary>Two (gated: three) factor pairs with the activation between.</summary>
    LowRank,
    /// <summary>A low-rank linear map of the input.</summary>
    Linear,
    /// <summary>Kept whole.</summary>
    Dense,
}

/// <summary>Names of <see cref="LightKind"/> in files and on the command line.</summary>
public static class LightKinds
{
    /// <summary>none, low-rank, linear or dense.</summary>
    public static string Name(this LightKind kind) => kind switch
    {
        LightKind.None => "none",
        LightKind.LowRank => "low-rank",
        LightKind.Linear => "linear",
        LightKind.Dense => "dense",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of light part."),
    };

    /// <summary>The kind of that name, or null.</summary>
    public static LightKind? Parse(string? name)
    {
        foreach (var kind in Enum.GetValues<LightKind>())
            if (kind.Name() == name) return kind;
        return null;
    }
}
