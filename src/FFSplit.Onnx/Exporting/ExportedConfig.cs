using System.Text;
using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Onnx.Exporting;

/// <summary>config.json of an exported folder: the dense model's, for readers that choose a class and a tokenizer by it.</summary>
static class ExportedConfig
{
    static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The model's config without what says that it is split.</summary>
    public static string Format(Checkpoint checkpoint)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_options))
        {
            writer.WriteStartObject();
            foreach (var property in checkpoint.Config.Root.EnumerateObject())
                switch (property.Name)
                {
                    case "model_type": writer.WriteString("model_type", checkpoint.Architecture.ModelType); break;
                    case SplitHeader.ConfigKey: break;
                    default: property.WriteTo(writer); break;
                }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
