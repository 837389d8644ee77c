using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Completes the tokenizer files of a folder for readers that know only today's.</summary>
public static class TokenizerFiles
{
    /// <summary>
    /// Writes tokenizer.json from vocab.txt, or vocab.json and merges.txt, and a tokenizer_config.json that names the class, where the
    /// model's folder has none; a folder without any tokenizer stays without.
    /// </summary>
    /// <param name="modelFolder">Read from.</param>
    /// <param name="targetFolder">Written to.</param>
    /// <exception cref="BadInputException">A file is damaged, or the tokenizer's class is not known.</exception>
    public static void WriteMissing(string modelFolder, string targetFolder)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        ArgumentNullException.ThrowIfNull(targetFolder);
        var whole = Has("tokenizer.json");
        if (!whole && !Has("vocab.txt") && !Has("vocab.json")) return;
        var config = TokenizerConfig.Read(modelFolder);
        var className = LegacyFiles.ClassName(config, modelFolder);
        if (!whole)
        {
            var tokenizer = LegacyFiles.Read(modelFolder, className, config);
            Write("tokenizer.json", json => TokenizerJsonWriter.Write(json, tokenizer));
        }
        if (Has("tokenizer_config.json")) return;
        Write("tokenizer_config.json", json =>
        {
            json.WriteStartObject();
            json.WriteString("tokenizer_class", whole ? "PreTrainedTokenizerFast" : className);
            foreach (var name in TokenizerConfig.NamedTokens)
                if (config.Named(name) is { } token) json.WriteString(name, token.Content);
            json.WriteEndObject();
        });

        bool Has(string name) => File.Exists(Path.Combine(modelFolder, name));

        void Write(string name, Action<Utf8JsonWriter> write) => AtomicFile.WriteAllText(Path.Combine(targetFolder, name), Format(write));
    }

    static string Format(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options)) write(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
