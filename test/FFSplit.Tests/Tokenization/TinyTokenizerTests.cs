using System.Text.Json.Nodes;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Tokenization;

/// <summary>Small tokenizers in the forms that hubs hold, against Hugging Face's tokenizers 0.23.1: recipe in make_tiny_tokenizers.py.</summary>
public class TinyTokenizerTests
{
    static readonly JsonObject Reference = JsonNode.Parse(File.ReadAllText(Path.Combine(
        TestFolders.Repository, "test", "FFSplit.Tests", "Tokenization", "tiny-tokenizers.json")))!.AsObject();

    public static TheoryData<string> Forms => [.. Reference["forms"]!.AsObject().Select(form => form.Key)];

    [Theory]
    [MemberData(nameof(Forms))]
    public void Ids_type_ids_cuts_and_decoded_text_are_those_of_the_reference(string form)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", Compose(form).ToJsonString());
        var tokenizer = TextTokenizer.Load(folder.Path);
        foreach (var item in Reference["forms"]![form]!["cases"]!.AsArray().OfType<JsonObject>())
        {
            var (a, b, max) = ((string)item["a"]!, (string?)item["b"], (int)item["max"]!);
            var all = tokenizer.Encode(a, b);
            var cut = tokenizer.Encode(a, b, max);
            AssertSame(item["ids"], all.Ids, a, b);
            AssertSame(item["type_ids"], all.TypeIds, a, b);
            AssertSame(item["no_special"], tokenizer.Encode(a, b, addSpecialTokens: false).Ids, a, b);
            AssertSame(item["cut"], cut.Ids, a, b);
            AssertSame(item["cut_type_ids"], cut.TypeIds, a, b);
            Assert.Equal((string)item["decoded"]!, tokenizer.Decode(all.Ids));
        }
    }

    [Fact]
    public void Several_threads_get_the_same_ids()
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", Compose("llama3-hub").ToJsonString());
        var tokenizer = TextTokenizer.Load(folder.Path);
        var cases = Reference["forms"]!["llama3-hub"]!["cases"]!.AsArray().OfType<JsonObject>()
            .Select(item => (A: (string)item["a"]!, B: (string?)item["b"], Ids: item["ids"]!.AsArray().Select(id => (int)id!).ToArray())).ToArray();
        Parallel.For(0, 400, i =>
        {
            var (a, b, ids) = cases[i % cases.Length];
            Assert.Equal(ids, tokenizer.Encode(a, b).Ids);
        });
    }

    [Fact]
    public void Special_tokens_are_skipped_even_where_the_normalizer_changes_them()
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", Compose("llama2-normalized").ToJsonString());
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal("the lamp", tokenizer.Decode(tokenizer.Encode("the lamp").Ids, skipSpecialTokens: true));
    }

    /// <summary>The base tokenizer with the form's changes.</summary>
    static JsonObject Compose(string form)
    {
        var recipe = Reference["forms"]![form]!;
        var result = Reference["bases"]![(string)recipe["base"]!]!.DeepClone().AsObject();
        foreach (var (key, value) in recipe["changes"]!.AsObject())
            switch (key)
            {
                case "model_changes":
                    foreach (var (name, change) in value!.AsObject())
                        result["model"]![name] = change?.DeepClone();
                    break;
                case "vocabulary":
                    foreach (var (token, id) in value!.AsObject())
                        result["model"]!["vocab"]![token] = id!.DeepClone();
                    break;
                default:
                    result[key] = value?.DeepClone();
                    break;
            }
        return result;
    }

    static void AssertSame(JsonNode? expected, int[] actual, string a, string? b)
        => Assert.True(expected!.AsArray().Select(id => (int)id!).SequenceEqual(actual),
            $"\"{a}\" | \"{b}\": expected {expected.ToJsonString()}, got {string.Join(',', actual)}");
}
