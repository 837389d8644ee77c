namespace FFSplit.Onnx.Exporting;

/// <summary>Who is to run an exported model.</summary>
public enum ExportTarget
{
    /// <summary>ONNX Runtime, with its own operators where they are faster.</summary>
    OnnxRuntime,
    /// <summary>Anything that knows the ONNX standard (opset 17): onnxruntime-web, transformers.js, WinML.</summary>
    Portable,
}

/// <summary>Names of <see cref="ExportTarget"/> on the command line and in files.</summary>
public static class ExportTargets
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<ExportTarget>().Select(Name)];

    /// <summary>onnxruntime or portable.</summary>
    public static string Name(this ExportTarget target) => target switch
    {
        ExportTarget.OnnxRuntime => "onnxruntime",
        ExportTarget.Portable => "portable",
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a target."),
    };

    /// <summary>The target of that name, or null.</summary>
    public static ExportTarget? Parse(string? name)
    {
        foreach (var target in Enum.GetValues<ExportTarget>())
            if (target.Name() == name) return target;
        return null;
    }
}
