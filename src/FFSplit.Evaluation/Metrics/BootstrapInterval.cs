using System.Text.Json.Serialization;

namespace FFSplit.Evaluation.Metrics;

/// <summary>Where a difference of two models' metrics lies when the data is drawn again and again.</summary>
/// <param name="Low">The lower end; NaN where there is none.</param>
/// <param name="High">The upper end; NaN where there is none.</param>
/// <param name="Level">The share of resamples between the two.</param>
/// <param name="Resamples">Resamples whose difference could be computed.</param>
/// <param name="Seed">Of the draws.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record BootstrapInterval(double Low, double High, double Level, int Resamples, int Seed)
{
    /// <summary>Whether the interval lies wholly on one side of 0: the difference is more than the choice of samples explains.</summary>
    public bool ExcludesZero => Low > 0 || High < 0;
}
