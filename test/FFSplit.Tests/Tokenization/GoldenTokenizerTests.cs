using System.Text.Json;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Tokenization;

/// <summary>What Hugging Face's own tokenizers give for hard text: recipe in golden/tokenizers/generate.py.</summary>
public class GoldenTokenizerTests
{
    public static TheoryData<string> Folders => [.. TokenizerFolders.GoldenNames()];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Single_texts_get_the_ids_of_the_reference(string name)
    {
        var (tokenizer, expected) = Load(name);
        foreach (var item in expected.GetProperty("single").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            AssertIds(item.GetProperty("ids"), tokenizer.Encode(text).Ids, text);
            AssertIds(item.GetProperty("ids_no_special"), tokenizer.Encode(text, addSpecialTokens: false).Ids, text);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Decoding_gives_the_text_of_the_reference(string name)
    {
        var (tokenizer, expected) = Load(name);
        foreach (var item in expected.GetProperty("single").EnumerateArray())
            Assert.Equal(item.GetProperty("decoded").GetString(), tokenizer.Decode(Ints(item.GetProperty("ids_no_special"))));
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Single_texts_are_cut_to_sixteen_ids_as_the_reference_cuts_them(string name)
    {
        var (tokenizer, expected) = Load(name);
        foreach (var (item, cut) in expected.GetProperty("single").EnumerateArray().Zip(expected.GetProperty("truncated_16").EnumerateArray()))
        {
            var text = item.GetProperty("text").GetString()!;
            AssertIds(cut, tokenizer.Encode(text, maxLength: 16).Ids, text);
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void Pairs_are_cut_longest_first_with_the_type_ids_of_the_reference(string name)
    {
        var (tokenizer, expected) = Load(name);
        foreach (var item in expected.GetProperty("pairs_max_24").EnumerateArray())
        {
            var (a, b) = (item.GetProperty("a").GetString()!, item.GetProperty("b").GetString()!);
            var result = tokenizer.Encode(a, b, 24);
            AssertIds(item.GetProperty("ids"), result.Ids, $"{a} | {b}");
            Assert.Equal(result.Ids.Length, result.TypeIds.Length);
            var types = item.GetProperty("type_ids");
            Assert.Equal(types.ValueKind != JsonValueKind.Null, tokenizer.UsesTypeIds);
            if (tokenizer.UsesTypeIds)
                AssertIds(types, result.TypeIds, $"{a} | {b}");
        }
    }

    static (ITextTokenizer Tokenizer, JsonElement Expected) Load(string name)
    {
        var folder = TokenizerFolders.Golden(name);
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        return (TextTokenizer.Load(folder), document.RootElement.Clone());
    }

    static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];

    static void AssertIds(JsonElement expected, int[] actual, string text)
        => Assert.True(Ints(expected).SequenceEqual(actual),
            $"\"{text}\": expected {string.Join(' ', Ints(expected))}, got {string.Join(' ', actual)}");
}
