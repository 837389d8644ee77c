using System.Text.Json.Nodes;
using FFSplit.Tests.Families;

namespace FFSplit.Tests.Configs;

/// <summary>Attention windows of Mistral and Qwen2.</summary>
public class WindowsTest
{
    [Theory]
    [InlineData("{}", 4096)]
    [InlineData("""{"sliding_window": null}""", null)]
    [InlineData("""{"sliding_window": 3}""", 3)]
    public void Mistral_has_one_window_for_all_layers(string keys, int? window) => Assert.Equal(window, Window("Mistral", keys));

    [Theory]
    [InlineData("""{"sliding_window": 3, "max_window_layers": 0}""", null)]
    [InlineData("""{"sliding_window": 3, "max_window_layers": 0, "use_sliding_window": true}""", 3)]
    [InlineData("""{"sliding_window": 3, "max_window_layers": 1, "use_sliding_window": true}""", null)]
    [InlineData("""{"max_window_layers": 0, "use_sliding_window": true}""", 4096)]
    [InlineData("""{"sliding_window": null, "max_window_layers": 0, "use_sliding_window": true}""", null)]
    [InlineData("""{"sliding_window": 3, "max_window_layers": 9, "use_sliding_window": true, "layer_types": ["sliding_attention"]}""", 3)]
    [InlineData("""{"sliding_window": 3, "max_window_layers": 0, "use_sliding_window": true, "layer_types": ["full_attention"]}""", null)]
    public void Qwen2_has_windows_where_it_says_so(string keys, int? window) => Assert.Equal(window, Window("Qwen2", keys));

    [Theory]
    [InlineData("""["chunked_attention"]""", "chunked_attention")]
    [InlineData("[]", "layer 0")]
    public void Layer_types_that_say_nothing_usable_are_refused(string types, string word)
    {
        using var tiny = TinyCheckpoint.Llama("Qwen2Model", "qwen2").With("use_sliding_window", true).With("layer_types", JsonNode.Parse(types));
        tiny.IsRefused("layer_types", word);
    }

    static int? Window(string name, string keys)
    {
        using var tiny = TinyCheckpoint.Llama($"{name}Model", name.ToLowerInvariant());
        foreach (var (key, value) in JsonNode.Parse(keys)!.AsObject().ToArray()) tiny.Config[key] = value?.DeepClone();
        using var checkpoint = tiny.Open();
        return checkpoint.Architecture.Blocks[0].Attention.Window;
    }
}
