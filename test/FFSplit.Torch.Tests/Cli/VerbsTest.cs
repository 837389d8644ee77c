using System.Text.Json;
using FFSplit.Compression.Statistics;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Every verb as a process, on small models.</summary>
public sealed class VerbsTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model, _text;

    public VerbsTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        _text = TinyModel.Text(_folder.File("text.txt"));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("inspect")]
    [InlineData("analyze")]
    [InlineData("merge")]
    [InlineData("plan")]
    [InlineData("compress")]
    [InlineData("export")]
    [InlineData("evaluate")]
    [InlineData("demo")]
    [InlineData("finetune")]
    [InlineData("report")]
    public void Help_ends_with_an_example(string verb)
    {
        var run = CliProcess.Run(verb, "--help").Ended(0);
        Assert.Contains("Example", run.Output, StringComparison.Ordinal);
        Assert.Contains($"  ffsplit {verb}", run.Output, StringComparison.Ordinal);
        foreach (var option in new[] { "--json", "--threads", "--seed", "--force" })
            Assert.Contains(option, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_verb_or_option_is_bad_usage_with_a_suggestion()
    {
        CliProcess.Run("compres", _model).Ended(2).Says("error: ", "Did you mean 'compress'?");
        CliProcess.Run("compress", _model, "--hevy", "0.3").Ended(2).Says("error: ", "Did you mean '--heavy'?", "ffsplit compress --help");
        CliProcess.Run("compress", _model, "--heavy", "much").Ended(2).Says("--heavy", "a number");
        CliProcess.Run("compress", _model, "--heavy", "0,1").Ended(2).Says("--heavy: expected a number such as 0.25, found '0,1'");
        CliProcess.Run("inspect", "").Ended(2).Says("MODEL: expected a path");
        CliProcess.Run().Ended(2);
    }

    [Fact]
    public void Analyze_shows_tables_and_gives_one_document_as_json()
    {
        var shown = CliProcess.Run("analyze", _model, "--data", _text).Ended(0);
        foreach (var part in new[] { "Jaccard", "active", "top", "the measured time" })
            Assert.Contains(part, shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', shown.Output);
        var report = CliProcess.Run("analyze", _model, "--data", _text, "--json").Ended(0).Json();
        Assert.Equal(2, report.GetProperty("layers").GetArrayLength());
        Assert.Equal(64, report.GetProperty("layers")[0].GetProperty("sorted_norms").GetArrayLength());
        Assert.False(report.GetProperty("generic_data").GetBoolean());
    }

    [Fact]
    public void Without_data_the_built_in_text_is_used_and_that_is_said()
        => CliProcess.Run("compress", _model, "-o", _folder.File("out"), "--max-tokens", "500").Ended(0)
            .Says("No --data was given", "generic");

    [Fact]
    public void Merged_statistics_equal_the_whole()
    {
        var lines = File.ReadAllLines(_text);
        File.WriteAllLines(_folder.File("a.txt"), lines[..15]);
        File.WriteAllLines(_folder.File("b.txt"), lines[15..]);
        foreach (var (data, file) in new[] { ("a.txt", "a"), ("b.txt", "b"), ("text.txt", "whole") })
            CliProcess.Run("analyze", _model, "--data", _folder.File(data), "-o", _folder.File(file + ".safetensors")).Ended(0);
        var result = CliProcess.Run("merge", _folder.File("a.safetensors"), _folder.File("b.safetensors"), "-o",
            _folder.File("both.safetensors"), "--json").Ended(0).Json();
        var (both, whole) = (StatisticsFile.Load(_folder.File("both.safetensors")).Whole,
            StatisticsFile.Load(_folder.File("whole.safetensors")).Whole);
        Assert.Equal(whole.Tokens, both.Tokens);
        Assert.Equal(whole.Tokens, result.GetProperty("tokens").GetInt64());
        for (var layer = 0; layer < 2; layer++)
            foreach (var (a, b) in whole.Layers[layer].SumOfSquares.Zip(both.Layers[layer].SumOfSquares))
                Assert.True(Math.Abs(a - b) <= 1e-5 * a, $"{a} against {b}");
        CliProcess.Run("analyze", _model, "--statistics", _folder.File("a.safetensors"), "--statistics", _folder.File("b.safetensors"),
            "--against", _folder.File("whole.safetensors")).Ended(0);
        CliProcess.Run("merge", _folder.File("a.safetensors"), "-o", _folder.File("c.safetensors")).Ended(2).Says("two or more");
        CliProcess.Run("merge", _folder.File("a.safetensors"), _folder.File("a.safetensors"), "-o", _folder.File("c.safetensors")).Ended(2)
            .Says("expected each file once");
    }

    [Fact]
    public void What_compress_reaches_is_what_dry_run_and_plan_promised()
    {
        var (plan, output) = (_folder.File("plan.json"), _folder.File("out"));
        var dry = CliProcess.Run("compress", _model, "--data", _text, "-o", output, "--dry-run", "--json").Ended(0).Json();
        Assert.False(Directory.Exists(output));
        Assert.True(dry.GetProperty("peak_memory_bytes").GetInt64() > 0);
        Assert.True(dry.GetProperty("free_disk_bytes").GetInt64() > 0);
        Assert.True(dry.GetProperty("seconds").GetDouble() > 0);
        var promised = CliProcess.Run("plan", _model, "--data", _text, "-o", plan, "--json").Ended(0).Json().GetProperty("sizes");
        var reached = CliProcess.Run("compress", _model, "--plan", plan, "-o", output, "--json").Ended(0).Json().GetProperty("sizes");
        var inspected = CliProcess.Run("inspect", output, "--json").Ended(0).Json();
        foreach (var (part, now) in new[] { ("block_parameters", inspected.GetProperty("parameters").GetProperty("blocks")),
            ("model_parameters", inspected.GetProperty("parameters").GetProperty("total")) })
            foreach (var sizes in new[] { dry.GetProperty("sizes"), promised, reached })
                Assert.Equal(now.GetInt64(), sizes.GetProperty(part).GetProperty("after").GetInt64());
        Assert.Equal(inspected.GetProperty("bytes_by_type").EnumerateObject().Sum(t => t.Value.GetInt64()), dry.GetProperty("sizes")
            .GetProperty("tensor_bytes").GetProperty("after").GetInt64());
        Assert.True(inspected.GetProperty("split").GetBoolean());
        Assert.True(File.Exists(Path.Combine(output, "vocab.txt")) && File.Exists(Path.Combine(output, "1_Pooling", "config.json")));
    }

    [Fact]
    public void The_same_call_gives_the_same_bytes()
    {
        foreach (var name in new[] { "one", "two" })
            CliProcess.Run("compress", _model, "--data", _text, "--seed", "3", "--threads", "1", "-o", _folder.File(name)).Ended(0);
        Assert.Equal(Snapshot.Of(_folder.File("one")), Snapshot.Of(_folder.File("two")));
    }

    [Fact]
    public void A_plan_excludes_what_it_fixes()
    {
        foreach (var (option, value) in new[] { ("--heavy", "0.3"), ("--method", "vanilla"), ("--max-tokens", "99"), ("--layers", "0"), ("--statistics", "s") })
            CliProcess.Run("compress", _model, "--plan", _folder.File("plan.json"), option, value, "-o", _folder.File("out")).Ended(2)
                .Says($"{option} and --plan exclude each other");
        CliProcess.Run("plan", _model, "--statistics", "s", "--data", _text, "-o", _folder.File("out")).Ended(2)
            .Says("--data and --statistics exclude each other");
    }

    [Fact]
    public void Chosen_layers_are_split_and_stored_as_asked_and_exported_dense_again()
    {
        CliProcess.Run("compress", _model, "--data", _text, "--method", "vanilla", "--no-match", "--rank", "0.5", "--layers", "1",
            "--dtype", "bfloat16", "-o", _folder.File("out")).Ended(0);
        var inspected = CliProcess.Run("inspect", _folder.File("out"), "--json").Ended(0).Json();
        Assert.Equal([(64, 0), (0, 12)], inspected.GetProperty("layers").EnumerateArray()
            .Select(l => (l.GetProperty("heavy").GetInt32(), l.GetProperty("rank").GetInt32())));
        Assert.True(inspected.GetProperty("bytes_by_type").TryGetProperty("BF16", out _));
        CliProcess.Run("export", _folder.File("out"), "--format", "dense-shaped", "-o", _folder.File("dense")).Ended(0);
        Assert.False(CliProcess.Run("inspect", _folder.File("dense"), "--json").Ended(0).Json().GetProperty("split").GetBoolean());
        CliProcess.Run("export", _folder.File("out"), "--format", "onyx", "-o", _folder.File("x")).Ended(2).Says("dense-shaped", "'onyx'");
        CliProcess.Run("export", _folder.File("out"), "--format", "dense-shaped", "--target", "portable", "-o", _folder.File("x")).Ended(2).Says("--target", "'portable'");
        CliProcess.Run("export", _folder.File("out"), "--target", "web", "-o", _folder.File("x")).Ended(2).Says("--target", "'web'");
        var exported = CliProcess.Run("export", _folder.File("out"), "-o", _folder.File("onnx"), "--json").Ended(0).Json();
        Assert.Equal(("onnx", "onnxruntime", "fp32"), (exported.GetProperty("format").GetString(), exported.GetProperty("target").GetString(), exported.GetProperty("precision").GetString()));
        Assert.True(File.Exists(_folder.File("onnx/onnx/model.onnx")));
        CliProcess.Run("compress", _folder.File("out"), "-o", _folder.File("again")).Ended(3)
            .Says("expected a dense model", "split already");
        CliProcess.Run("compress", _model, "--layers", "7", "-o", _folder.File("x")).Ended(2).Says("--layers", "found 7");
    }

    [Fact]
    public void Evaluate_compares_sentence_encoders_and_fails_on_a_drop()
    {
        var other = TinyModel.Encoder(_folder.File("other"), seed: 9);
        var pairs = TinyModel.Pairs(_folder.File("pairs.tsv"));
        var comparison = CliProcess.Run("evaluate", _model, other, "--task", "sts-b", "--data", pairs, "--json").Ended(0).Json();
        double[] values = [.. comparison.GetProperty("models").EnumerateArray()
            .Select(m => m.GetProperty("result").GetProperty("value").GetDouble())];
        Assert.NotEqual(values[0], values[1]);
        var (better, worse) = values[0] > values[1] ? (_model, other) : (other, _model);
        CliProcess.Run("evaluate", better, worse, "--task", "sts-b", "--data", pairs, "--max-drop", "0").Ended(1)
            .Says("check failed", "is worse than", "at most 0 was expected");
        var passed = CliProcess.Run("evaluate", worse, better, "--task", "sts-b", "--data", pairs, "--max-drop", "0").Ended(0);
        Assert.Contains("spearman", passed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_causal_model_goes_the_whole_way()
    {
        var model = TinyModel.Decoder(_folder.File("opt"));
        var split = _folder.File("opt-split");
        CliProcess.Run("compress", model, "--data", _text, "--context", "32", "--method", "prune-light", "-o", split).Ended(0);
        var comparison = CliProcess.Run("evaluate", model, split, "--task", "perplexity", "--data", _text, "--windows", "8", "--context",
            "32", "--json").Ended(0).Json();
        foreach (var entry in comparison.GetProperty("models").EnumerateArray())
            Assert.True(double.IsFinite(entry.GetProperty("result").GetProperty("value").GetDouble()));
        CliProcess.Run("evaluate", model, "--task", "perplexity", "--data", _text, "--context", "4096").Ended(2)
            .Says("--context 4096", "beyond");
        CliProcess.Run("evaluate", model, "--task", "sts-b", "--data", TinyModel.Pairs(_folder.File("pairs.tsv"))).Ended(3)
            .Says("sentence embeddings");
    }

    [Fact]
    public void The_demo_compares_all_methods_at_equal_size()
    {
        var report = CliProcess.Run("demo", "--json").Ended(0).Json();
        var rows = report.GetProperty("rows").EnumerateArray().ToDictionary(r => r.GetProperty("name").GetString()!);
        Assert.Equal(["dense", "paper", "prune-light", "repaired", "vanilla"], rows.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, row) in rows)
        {
            Assert.NotEmpty(row.GetProperty("paragraph").GetString()!);
            if (name == "dense") continue;
            Assert.True(row.GetProperty("perplexity").GetDouble() > rows["dense"].GetProperty("perplexity").GetDouble(), name);
            Assert.InRange(row.GetProperty("block_reduction").GetDouble(), 0.43, 0.44);
        }
        Assert.True(rows["repaired"].GetProperty("perplexity").GetDouble() < rows["prune-light"].GetProperty("perplexity").GetDouble() / 1.5);
    }

    [Fact]
    public void Json_is_one_document_even_where_notices_are_given()
    {
        var run = CliProcess.Run("analyze", _model, "--json", "--max-tokens", "500").Ended(0);
        Assert.Equal(JsonValueKind.Object, run.Json().ValueKind);
        Assert.Contains("generic", run.Error, StringComparison.Ordinal);
    }
}
