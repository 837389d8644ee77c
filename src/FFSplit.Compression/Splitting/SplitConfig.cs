using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Plans;

namespace FFSplit.Compression.Splitting;

/// <summary>config.json of a split checkpoint, and back to the dense one.</summary>
static class SplitConfig
{
    /// <summary>The dense config with the prefixed model_type and the "ffsplit" key; all else as it was.</summary>
    public static string Format(Checkpoint dense, CompressionPlan plan) => JsonText.Format(writer =>
    {
        writer.WriteStartObject();
        foreach (var property in dense.Config.Root.EnumerateObject())
            if (property.NameEquals("model_type"))
                writer.WriteString("model_type", SplitHeader.ModelTypePrefix + property.Value.GetString());
            else property.WriteTo(writer);
        writer.WritePropertyName(SplitHeader.ConfigKey);
        plan.Header(dense.AllowedConfig).Write(writer);
        writer.WriteEndObject();
    });

    /// <summary>The split config with another "ffsplit" key.</summary>
    public static string With(Checkpoint split, SplitHeader header) => JsonText.Format(writer =>
    {
        writer.WriteStartObject();
        foreach (var property in split.Config.Root.EnumerateObject())
            if (property.NameEquals(SplitHeader.ConfigKey))
            {
                writer.WritePropertyName(SplitHeader.ConfigKey);
                header.Write(writer);
            }
            else property.WriteTo(writer);
        writer.WriteEndObject();
    });

    /// <summary>The split config without prefix and key, with the given element type.</summary>
    public static string FormatDense(Checkpoint split, string torchType) => JsonText.Format(writer =>
    {
        writer.WriteStartObject();
        foreach (var property in split.Config.Root.EnumerateObject())
            switch (property.Name)
            {
                case "model_type": writer.WriteString("model_type", split.Architecture.ModelType); break;
                case SplitHeader.ConfigKey: break;
                case "dtype" or "torch_dtype": writer.WriteString(property.Name, torchType); break;
                default: property.WriteTo(writer); break;
            }
        writer.WriteEndObject();
    });
}
