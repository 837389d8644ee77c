using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace FFSplit.Onnx.Exporting;

/// <summary>JSON files as people read them: indented, LF, no needless escapes.</summary>
static class ExportJsonText
{
    public static string Format(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream,
            new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
