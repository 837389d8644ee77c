using System.Text.Json.Serialization;

namespace FFSplit.Experiments.Reports;

/// <summary>What one experiment says about one claim.</summary>
/// <param name="Claim">One of a few fixed sentences without a full stop, such as "Heavy neurons matter more than light ones".</param>
/// <param name="Holds">Whether it is so here; null where the figures do not say.</param>
/// <param name="Evidence">The figures behind it, headed by the task: "SST-2: 91.2 without the light 3 %, 54.0 without the heavy".</param>
public sealed record Finding(string Claim, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] bool? Holds, string Evidence)
{
    /// <summary>"yes", "no" or "undecided".</summary>
    [JsonIgnore]
    public string Verdict => Holds switch { true => "yes", false => "no", null => "undecided" };
}
