namespace FFSplit.Experiments.Plots;

/// <summary>From values to places on an axis.</summary>
readonly record struct Scale(bool Logarithmic)
{
    public bool Shows(double value) => double.IsFinite(value) && (!Logarithmic || value > 0);

    public double Place(double value) => Logarithmic ? Math.Log10(value) : value;
}
