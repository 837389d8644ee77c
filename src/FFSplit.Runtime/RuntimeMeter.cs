using System.Diagnostics.Metrics;
using FFSplit.Runtime.Texts;

namespace FFSplit.Runtime;

/// <summary>What the runtime counts, for <c>dotnet-counters monitor --counters FFSplit.Runtime</c>, OpenTelemetry's <c>AddMeter</c> and whatever
/// else listens to <see cref="System.Diagnostics.Metrics"/>. Numbers only, with the exported folder's name as <c>ffsplit.model</c>; no text ever.
/// </summary>
public static class RuntimeMeter
{
    /// <summary>The meter's name.</summary>
    public const string Name = "FFSplit.Runtime";

    const string ModelTag = "ffsplit.model";

    static readonly Meter s_meter = new(Name);
    static readonly Counter<long> s_texts = s_meter.CreateCounter<long>("ffsplit.texts", "{text}", "Texts that were run, or pairs of texts.");
    static readonly Counter<long> s_cut = s_meter.CreateCounter<long>("ffsplit.texts.cut", "{text}", "Of these, longer than the model takes.");
    static readonly Counter<long> s_tokens = s_meter.CreateCounter<long>("ffsplit.tokens", "{token}", "Real tokens of them, without padding.");
    static readonly Counter<long> s_generated
        = s_meter.CreateCounter<long>("ffsplit.tokens.generated", "{token}", "Tokens that continue a text.");
    static readonly Histogram<double> s_duration
        = s_meter.CreateHistogram<double>("ffsplit.call.duration", "s", "Of a call that was answered: tokens, waiting and runs.");
    static readonly Counter<long> s_refused
        = s_meter.CreateCounter<long>("ffsplit.calls.refused", "{call}", "Calls for which there was no room to wait.");

    /// <summary>A call that was answered.</summary>
    internal static void Answered(string model, int texts, TextUsage usage, TimeSpan duration)
    {
        var tag = Tag(model);
        s_texts.Add(texts, tag);
        s_tokens.Add(usage.Tokens, tag);
        if (usage.TextsCut > 0) s_cut.Add(usage.TextsCut, tag);
        s_duration.Record(duration.TotalSeconds, tag);
    }

    /// <summary>A token that was generated.</summary>
    internal static void Generated(string model) => s_generated.Add(1, Tag(model));

    /// <summary>A call that was turned away.</summary>
    internal static void Refused() => s_refused.Add(1);

    static KeyValuePair<string, object?> Tag(string model) => new(ModelTag, model);
}
