using System.Text.Json;

namespace FFSplit.Checkpoints.Quantization;

/// <summary>How one tensor of a split checkpoint is stored as codes (docs/format.md).</summary>
/// <param name="Form">Bits and blocks.</param>
/// <param name="Width">Codes of a row, in.</param>
/// <param name="Transposed">Whether the model's own tensor lies (in × out); codes always lie (out × in).</param>
/// <param name="Input">Least and largest value that calibration saw at the matrix's input.</param>
public sealed record StoredCodes(CodeForm Form, int Width, bool Transposed, InputRange Input)
{
    /// <summary>After a tensor's name: its codes.</summary>
    public const string CodesSuffix = ".codes";

    /// <summary>After a tensor's name: its scales.</summary>
    public const string ScalesSuffix = ".scales";

    /// <summary>Bytes that a row's codes take; two codes of at most 4 bits share one.</summary>
    public int BytesOfRow => Form.TwoInAByte ? (Width + 1) / 2 : Width;

    internal static StoredCodes Read(JsonElement element, string thing, string remedy)
    {
        const string Keys = "bits, block, width, transposed, input_least and input_largest";
        int? bits = null, block = null, width = null;
        bool? transposed = null;
        float? least = null, largest = null;
        if (element.ValueKind != JsonValueKind.Object) throw new BadInputException(thing, "an object", $"{element.ValueKind}", remedy);
        foreach (var property in element.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "bits" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n is >= 2 and <= 8: bits = n; break;
                case "block" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && (n == 0 || CodeForm.Blocks.Contains(n)):
                    block = n;
                    break;
                case "width" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n > 0: width = n; break;
                case "transposed" when value.ValueKind is JsonValueKind.True or JsonValueKind.False: transposed = value.GetBoolean(); break;
                case "input_least" when value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var n): least = n; break;
                case "input_largest" when value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out var n): largest = n; break;
                default: throw new BadInputException(thing, Keys, $"'{property.Name}' = {value}", remedy);
            }
        }
        if (bits is null || block is null || width is null || transposed is null || least is null || largest is null)
            throw new BadInputException(thing, Keys, "not all of them", remedy);
        return new StoredCodes(new CodeForm(bits.Value, block.Value), width.Value, transposed.Value, new InputRange(least.Value, largest.Value));
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("bits", Form.Bits);
        writer.WriteNumber("block", Form.Block);
        writer.WriteNumber("width", Width);
        writer.WriteBoolean("transposed", Transposed);
        writer.WriteNumber("input_least", Input.Least);
        writer.WriteNumber("input_largest", Input.Largest);
        writer.WriteEndObject();
    }
}

/// <summary>Between which values a matrix's inputs lie.</summary>
/// <param name="Least">The least.</param>
/// <param name="Largest">The largest.</param>
public readonly record struct InputRange(float Least, float Largest);
