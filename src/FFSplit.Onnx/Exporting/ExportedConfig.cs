using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Onnx.Exporting;

/// <summary>config.json of an exported folder: the dense model's, since its readers only ask it for sizes, labels and special
/// tokens.</summary>
static class ExportedConfig
{
    const string ForTransformersJs = "transformers.js_config";

    /// <summary>The config without the split's prefix and key.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="outside">Whether weights lie in a file beside the graph, which transformers.js must be told.</param>
    public static string Format(Checkpoint checkpoint, bool outside) => ExportJsonText.Format(writer =>
    {
        foreach (var property in checkpoint.Config.Root.EnumerateObject())
            switch (property.Name)
            {
                case "model_type": writer.WriteString("model_type", checkpoint.Architecture.ModelType); break;
                case SplitHeader.ConfigKey or ForTransformersJs: break;
                case "dtype" or "torch_dtype": writer.WriteString(property.Name, "float32"); break;
                default: property.WriteTo(writer); break;
            }
        if (!outside) return;
        writer.WriteStartObject(ForTransformersJs);
        writer.WriteBoolean("use_external_data_format", true);
        writer.WriteEndObject();
    });
}
