namespace FFSplit.Onnx.Exporting;

/// <summary>Element type of an exported model's matrices.</summary>
public enum ExportPrecision
{
    /// <summary>float32.</summary>
    Full,
    /// <summary>int8 with a scale for each output; activations are quantised as they come.</summary>
    EightBit,
}

/// <summary>Names of <see cref="ExportPrecision"/> on the command line and in files.</summary>
public static class ExportPrecisions
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<ExportPrecision>().Select(Name)];

    /// <summary>fp32 or int8.</summary>
    public static string Name(this ExportPrecision precision) => precision switch
    {
        ExportPrecision.Full => "fp32",
        ExportPrecision.EightBit => "int8",
        _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Not a precision."),
    };

    /// <summary>The precision of that name, or null.</summary>
    public static ExportPrecision? Parse(string? name)
    {
        foreach (var precision in Enum.GetValues<ExportPrecision>())
            if (precision.Name() == name) return precision;
        return null;
    }
}
