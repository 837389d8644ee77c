using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Onnx.Exporting;

namespace FFSplit.Tests.Onnx;

/// <summary>What lies in an exported folder.</summary>
public class ExportedFolderTest
{
    [Fact]
    public void A_sentence_encoder_keeps_all_that_belongs_to_it()
    {
        var source = TestFolders.RequireShared("models/all-MiniLM-L6-v2");
        using var model = new ExportedGraph(source, OnnxExportOptions.OnnxRuntime);
        foreach (var name in new[] { "config.json", "tokenizer.json", "tokenizer_config.json", "modules.json",
            "sentence_bert_config.json", "1_Pooling/config.json", "onnx/model.onnx", "ffsplit-export.json" })
            Assert.True(File.Exists(Path.Combine(model.Folder, name)), name);
        Assert.False(File.Exists(Path.Combine(model.Folder, "model.safetensors")));
        Assert.Equal(["input_ids", "attention_mask", "token_type_ids"], model.Inputs);
        Assert.Equal(["last_hidden_state", "sentence_embedding"], model.Outputs);
        Assert.Equal("bert", Json(model.Folder, "config.json").GetProperty("model_type").GetString());
        var record = Json(model.Folder, "ffsplit-export.json");
        Assert.Equal(1, record.GetProperty("format_version").GetInt32());
        Assert.Equal("onnxruntime", record.GetProperty("target").GetString());
        Assert.Equal("fp32", record.GetProperty("precision").GetString());
        using var checkpoint = Checkpoint.Open(source);
        Assert.Equal(checkpoint.Weights.Hash, record.GetProperty("source_hash").GetString());
    }

    [Theory]
    [InlineData("roberta-classifier", "input_ids attention_mask", "logits")]
    [InlineData("mpnet-model", "input_ids attention_mask", "last_hidden_state")]
    [InlineData("bert-mlm", "input_ids attention_mask token_type_ids", "logits")]
    [InlineData("gpt2-lm",
        "input_ids attention_mask past_key_values.0.key past_key_values.0.value past_key_values.1.key past_key_values.1.value",
        "logits present.0.key present.0.value present.1.key present.1.value")]
    public void Inputs_and_outputs_have_the_names_that_others_expect(string name, string inputs, string outputs)
    {
        using var model = new ExportedGraph(TestFolders.RequireGolden(name), OnnxExportOptions.Portable);
        Assert.Equal(inputs.Split(' ').Where(i => !i.Contains("past", StringComparison.Ordinal)),
            model.Inputs.Where(i => !i.Contains("past", StringComparison.Ordinal)));
        if (inputs.Contains("past", StringComparison.Ordinal))
            Assert.Equal(inputs.Split(' '), model.Inputs.Take(inputs.Split(' ').Length));
        Assert.Equal(outputs.Split(' '), model.Outputs.Take(outputs.Split(' ').Length));
    }

    [Theory]
    [InlineData("bert-classifier")]
    [InlineData("gpt2-lm")]
    public void Weights_beside_the_graph_give_the_same_outputs(string name)
    {
        var folder = TestFolders.RequireGolden(name);
        using var stored = new StoredOutputs(folder);
        using var inside = new ExportedGraph(folder, OnnxExportOptions.OnnxRuntime);
        using var outside = new ExportedGraph(folder, OnnxExportOptions.OnnxRuntime, inlineLimit: 0);
        Assert.False(File.Exists(Path.Combine(inside.Folder, "onnx", "model.onnx_data")));
        Assert.True(File.Exists(Path.Combine(outside.Folder, "onnx", "model.onnx_data")));
        Assert.True(Json(outside.Folder,
            "config.json").GetProperty("transformers.js_config").GetProperty("use_external_data_format").GetBoolean());
        Assert.Equal(inside.Run(stored.Batch)["logits"].Values, outside.Run(stored.Batch)["logits"].Values);
    }

    [Fact]
    public void The_same_export_gives_the_same_bytes()
    {
        var folder = TestFolders.RequireGolden("llama-lm");
        using var first = new ExportedGraph(folder, OnnxExportOptions.OnnxRuntime);
        using var second = new ExportedGraph(folder, OnnxExportOptions.OnnxRuntime);
        Assert.Equal(File.ReadAllBytes(Path.Combine(first.Folder, OnnxExport.ModelPath)),
            File.ReadAllBytes(Path.Combine(second.Folder, OnnxExport.ModelPath)));
    }

    [Fact]
    public void Bad_requests_leave_nothing_behind()
    {
        var model = TestFolders.RequireGolden("bert-classifier");
        using var folder = new TemporaryFolder();
        var options = new OnnxExportOptions { Model = model, Output = folder.File("out") };
        var unknown = Assert.Throws<BadUsageException>(() => OnnxExport.Run(options with { Target = "onyx" }));
        Assert.Contains("portable", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<OperationCanceledException>(() => OnnxExport.Run(options, null, new CancellationToken(canceled: true)));
        Assert.Empty(folder.Entries);
        OnnxExport.Run(options);
        Assert.Throws<BadUsageException>(() => OnnxExport.Run(options));
        OnnxExport.Run(options with { Force = true });
        Assert.Equal(["out"], folder.Entries);
    }

    static JsonElement Json(string folder, string name) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name))).RootElement;
}
