using System.Text.Json.Serialization;

namespace FFSplit.Experiments.Reports;

/// <summary>How a chart's series are drawn.</summary>
public enum ChartKind
{
    /// <summary>Points joined in the order given.</summary>
    [JsonStringEnumMemberName("lines")]
    Lines,

    /// <summary>Points alone.</summary>
    [JsonStringEnumMemberName("points")]
    Points,

    /// <summary>Bars from 0, series side by side; x counts categories.</summary>
    [JsonStringEnumMemberName("bars")]
    Bars,
}
