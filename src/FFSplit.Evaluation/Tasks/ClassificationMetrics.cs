using FFSplit.Evaluation.Metrics;

namespace FFSplit.Evaluation.Tasks;

/// <summary>The metrics of classification by name, as they stand in tables: × 100.</summary>
public static class ClassificationMetrics
{
    /// <summary>Known names: accuracy, f1 (of the second label), macro_f1, matthews.</summary>
    public static IReadOnlyList<string> Names { get; } = ["accuracy", "f1", "macro_f1", "matthews"];

    /// <summary>The metric of this name, × 100.</summary>
    /// <exception cref="ArgumentException">Another name.</exception>
    public static double Of(string name, Confusion confusion) => 100 * name switch
    {
        "accuracy" => Accuracy.Of(confusion),
        "f1" => F1.Of(confusion, label: 1),
        "macro_f1" => MacroF1.Of(confusion),
        "matthews" => Matthews.Of(confusion),
        _ => throw new ArgumentException($"There is no metric '{name}'.", nameof(name)),
    };
}
