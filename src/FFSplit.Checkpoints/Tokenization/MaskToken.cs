using System.Text.Json;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Which token hides another.</summary>
public static class MaskToken
{
    static readonly string[] Usual = ["[MASK]", "<mask>"];

    /// <summary>The id of the token that the folder names as <c>mask_token</c>, else of the usual ones.</summary>
    /// <exception cref="BadInputException">The tokenizer has none.</exception>
    public static int Find(string folder, ITextTokenizer tokenizer)
    {
        foreach (var name in Named(folder).Concat(Usual))
            if (tokenizer.Encode(name, addSpecialTokens: false).Ids is [var id] && tokenizer.Decode([id]).Trim() == name) return id;
        throw new BadInputException(folder, $"a tokenizer with a mask token ({string.Join(" or ", Usual)})", "none",
            "Use the folder of an encoder that was trained to fill masks.");
    }

    static IEnumerable<string> Named(string folder)
    {
        foreach (var file in (string[])["tokenizer_config.json", "special_tokens_map.json"])
            if (JsonFile.ReadIfPresent(Path.Combine(folder, file),
                "Download the tokenizer again.") is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("mask_token", out var token))
            {
                if (token.ValueKind == JsonValueKind.String) yield return token.GetString()!;
                else if (token.ValueKind == JsonValueKind.Object
                    && token.TryGetProperty("content", out var content)) yield return content.ToString();
            }
    }
}
