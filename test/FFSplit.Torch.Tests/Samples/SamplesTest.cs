using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using FFSplit.Onnx.Exporting;
using FFSplit.Runtime;
using FFSplit.Torch.Tests.Cli;
using FFSplit.Torch.Tests.Goldens;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Samples;

/// <summary>The samples as processes.</summary>
public sealed partial class SamplesTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_embedding_service_answers_as_OpenAIs_and_finishes_what_it_accepted()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var exported = _folder.File("exported");
        OnnxExport.Run(new OnnxExportOptions { Model = TinyModel.Encoder(_folder.File("encoder")), Output = exported });
        using var service = Start("EmbeddingService", "--Model", exported, "--urls", "http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri(await Address(service, cancellation)) };
        Assert.Equal("Healthy", await client.GetStringAsync("/health", cancellation));

        using var answer = JsonDocument.Parse(await Post("""{"input": ["the sea", "old men sang"], "model": "x"}""", HttpStatusCode.OK));
        using var model = ExportedModel.Load(exported);
        var expected = new TextEmbedder(model).Embed(["the sea", "old men sang"], cancellation);
        var data = answer.RootElement.GetProperty("data");
        Assert.Equal(expected.Usage.Tokens, answer.RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt64());
        for (var i = 0; i < 2; i++)
            Assert.All(data[i].GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle()).Zip(expected.Vectors[i]), p => Assert.Equal(p.Second, p.First, 1e-6f));
        using var coded = JsonDocument.Parse(await Post("""{"input": "the sea", "encoding_format": "base64"}""", HttpStatusCode.OK));
        var bytes = Convert.FromBase64String(coded.RootElement.GetProperty("data")[0].GetProperty("embedding").GetString()!);
        Assert.All(MemoryMarshal.Cast<byte, float>(bytes).ToArray().Zip(expected.Vectors[0]), p => Assert.Equal(p.Second, p.First, 1e-5f));
        foreach (var bad in new[] { """{"input": []}""", """{"input": 3}""", """{"input": "a", "dimensions": 999}""", """{"input": "a", "encoding_format": "x"}""" })
            Assert.Contains("expected", await Post(bad, HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("\"type\":\"invalid_request_error\"", await Post("{not json", HttpStatusCode.BadRequest), StringComparison.Ordinal);
        Assert.Contains("application/json", await Post("the sea", HttpStatusCode.UnsupportedMediaType, "text/plain"), StringComparison.Ordinal);
        await Post(JsonSerializer.Serialize(new { input = string.Join(' ', Enumerable.Repeat("sea", 100)) }), HttpStatusCode.OK);
        Assert.Contains("embedding_texts_cut_total 1", await client.GetStringAsync("/metrics", cancellation), StringComparison.Ordinal);
        Assert.Contains("embedding_refused_total 6", await client.GetStringAsync("/metrics", cancellation), StringComparison.Ordinal);
        Assert.Contains("embedding_texts_total 4", await client.GetStringAsync("/metrics", cancellation), StringComparison.Ordinal);

        // Stopped in full work: what was accepted is answered.
        var many = Enumerable.Range(0, 16).Select(_ => client.PostAsJsonAsync("/v1/embeddings", new { input = Enumerable.Repeat("the sea was calm and a ship came home", 64) }, cancellation)).ToArray();
        await Task.WhenAny(many);
        CliProcess.Interrupt(service, "TERM");
        var answered = 0;
        foreach (var one in many)
            try
            {
                Assert.Equal(HttpStatusCode.OK, (await one).StatusCode);
                answered++;
            }
            catch (HttpRequestException)
            {
                // Refused at the door.
            }
        Assert.True(answered >= 1);
        Assert.True(service.WaitForExit(30_000));
        Assert.Equal(0, service.ExitCode);

        async Task<string> Post(string json, HttpStatusCode status, string type = "application/json")
        {
            using var content = new StringContent(json, System.Text.Encoding.UTF8, type);
            using var response = await client.PostAsync("/v1/embeddings", content, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            Assert.True(status == response.StatusCode, $"{response.StatusCode}: {text}");
            return text;
        }
    }

    [Fact]
    public void The_embedding_service_says_what_it_cannot_load()
    {
        Assert.Contains("--Model: expected a folder", Ended(2), StringComparison.Ordinal);
        Assert.StartsWith(_folder.File("nothing"), Ended(3, "--Model", _folder.File("nothing")), StringComparison.Ordinal);

        static string Ended(int code, params string[] arguments)
        {
            using var service = Start("EmbeddingService", arguments);
            var said = service.StandardError.ReadToEnd();
            Assert.True(service.WaitForExit(30_000));
            Assert.Equal(code, service.ExitCode);
            Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
            return said;
        }
    }

    [Fact]
    public void The_classifier_labels_every_line()
    {
        var source = GoldenFolders.Require("bert-classifier");
        var dense = _folder.File("classifier");
        Directory.CreateDirectory(dense);
        foreach (var file in new[] { "config.json", "model.safetensors" }) File.Copy(Path.Combine(source, file), Path.Combine(dense, file));
        File.WriteAllLines(Path.Combine(dense, "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 206).Select(i => $"w{i}")]);
        File.WriteAllText(Path.Combine(dense, "tokenizer_config.json"), """{"tokenizer_class": "BertTokenizer", "do_lower_case": true}""");
        // What a folder holds that was fine-tuned from a sentence encoder.
        Directory.CreateDirectory(Path.Combine(dense, "1_Pooling"));
        File.WriteAllText(Path.Combine(dense, "modules.json"), """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
            """);
        File.WriteAllText(Path.Combine(dense, "1_Pooling", "config.json"), """{"pooling_mode_mean_tokens": true}""");
        var exported = _folder.File("exported");
        OnnxExport.Run(new OnnxExportOptions { Model = dense, Output = exported });
        using var process = Start("Classify", exported);
        process.StandardInput.Write("w1 w2\n\nw3\n");
        process.StandardInput.Close();
        var lines = process.StandardOutput.ReadToEnd().TrimEnd().Split('\n');
        Assert.True(process.WaitForExit(30_000));
        Assert.Equal(["w1 w2", "w3"], lines.Select(l => l.Split('\t')[2]));
        Assert.All(lines, l => Assert.InRange(double.Parse(l.Split('\t')[1], CultureInfo.InvariantCulture), 0.01, 1));
    }

    static Process Start(string sample, params string[] arguments)
    {
        // Beside the tests' own folder, built by the same command.
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var library = Path.Combine(TestFolders.Repository, "artifacts", "bin", sample, configuration, $"{sample}.dll");
        Assert.True(File.Exists(library), library);
        return Process.Start(new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [library, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    static async Task<string> Address(Process service, CancellationToken cancellation)
    {
        while (await service.StandardOutput.ReadLineAsync(cancellation) is { } line)
            if (ListeningPattern().Match(line) is { Success: true } match)
            {
                // Nobody reads on, and a full pipe would stop the service.
                _ = service.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return match.Groups[1].Value;
            }
        Assert.Fail(await service.StandardError.ReadToEndAsync(cancellation));
        return "";
    }

    [GeneratedRegex(@"Now listening on: (http://\S+)")]
    private static partial Regex ListeningPattern();
}
