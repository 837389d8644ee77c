namespace FFSplit.Experiments.Reports;

/// <summary>How a chart's series are drawn.</summary>
public enum ChartKind
{
    /// <summary>Points joined in the order given.</summary>
    Lines,

    /// <summary>Points alone.</summary>
    Points,

    /// <summary>Bars from 0, series side by side; x counts categories.</summary>
    Bars,
}
