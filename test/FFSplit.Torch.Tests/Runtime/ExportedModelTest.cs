using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Exports;
using FFSplit.Evaluation.Metrics;
using FFSplit.Modeling;
using FFSplit.Onnx.Exporting;
using FFSplit.Runtime;
using FFSplit.Runtime.Generation;
using FFSplit.Torch.Tests.Goldens;
using FFSplit.Torch.Tests.Helpers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace FFSplit.Torch.Tests.Runtime;

/// <summary>Exported models as an application uses them.</summary>
public sealed class ExportedModelTest : IDisposable
{
    static readonly string[] Texts =
        ["rain", "the sea was calm and a ship came home at night with old men who sang loud songs of rain", "old men sang", "a ship came home at night"];

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Encoder(string precision = OnnxExportOptions.FullPrecision, string? table = null)
        => Exported(TinyModel.Encoder(_folder.File("encoder")), precision, table);

    string Exported(string model, string precision = OnnxExportOptions.FullPrecision, string? table = null)
    {
        var output = _folder.File($"exported-{Path.GetFileName(model)}-{precision}-{table}");
        OnnxExport.Run(new OnnxExportOptions { Model = model, Output = output, Precision = precision, Table = table, Force = true });
        return output;
    }

    [Fact]
    public void A_text_alone_and_among_others_has_the_same_vector_which_is_the_torch_models()
    {
        using var model = ExportedModel.Load(Encoder(), new RuntimeOptions { Batches = new BatchOptions { MaxTokens = 24 } });
        var embedder = new TextEmbedder(model);
        var (together, usage) = embedder.Embed(Texts, TestContext.Current.CancellationToken);
        using var loaded = LoadedModel.Load(_folder.File("encoder"));
        for (var i = 0; i < Texts.Length; i++)
        {
            var alone = embedder.Embed(Texts[i], TestContext.Current.CancellationToken);
            var (batch, _) = BatchBuilder.Build(loaded.Tokenizer, [new TextInput(Texts[i])], 40).Single();
            var torch = loaded.Model.Run(batch, ModelOutputs.SentenceEmbedding).SentenceEmbedding!.Values;
            Assert.Equal(embedder.Dimensions, alone.Length);
            Assert.All(alone.Zip(together[i]), p => Assert.Equal(p.First, p.Second, 1e-5f));
            Assert.All(alone.Zip(torch), p => Assert.Equal(p.Second, p.First, 1e-5f));
        }
        Assert.Equal(0, usage.TextsCut);
        Assert.Equal(Texts.Sum(t => t.Split(' ').Length + 2), usage.Tokens);
    }

    [Theory]
    [InlineData(null, 0.999)]
    [InlineData("int8", 0.999)]
    [InlineData("int4", 0.9995)]
    public void Fewer_bits_stay_near_and_take_less_room(string? table, double nearness)
    {
        var source = TinyModel.Encoder(_folder.File("wide"), new TinySize(Hidden: 64));
        using var whole = ExportedModel.Load(Exported(source));
        using var small = ExportedModel.Load(Exported(source, OnnxExportOptions.EightBits, table));
        Assert.Equal(("int8", table ?? "fp32"), (small.Record.Precision, small.Record.Table));
        Assert.InRange((double)Size(small) / Size(whole), 0.2, table is null ? 0.7 : 0.5);
        foreach (var text in Texts)
            Assert.True(Cosine.Similarity(new TextEmbedder(whole).Embed(text, TestContext.Current.CancellationToken),
                new TextEmbedder(small).Embed(text, TestContext.Current.CancellationToken)) > nearness);

        static long Size(ExportedModel model) => new FileInfo(Path.Combine(model.Folder, model.Record.ModelFile)).Length;
    }

    [Theory]
    [InlineData("int8", 0.999)]
    [InlineData("int4", 0.98)]
    public void A_tied_decoder_multiplies_by_the_table_of_few_bits(string table, double nearness)
    {
        var source = TinyModel.Decoder(_folder.File("decoder"), new TinySize(Hidden: 64));
        using var whole = ExportedModel.Load(Exported(source));
        using var small = ExportedModel.Load(Exported(source, OnnxExportOptions.EightBits, table));
        var batch = new Batch(1, 6, [3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 1, 1]);
        Assert.True(Cosine.Similarity(whole.Model.Run(batch, ModelOutputs.Logits).Logits!.Values,
            small.Model.Run(batch, ModelOutputs.Logits).Logits!.Values) > nearness);
        Assert.Throws<BadUsageException>(() => OnnxExport.Run(new OnnxExportOptions
        {
            Model = source,
            Output = _folder.File("no"),
            Precision = "int8",
            Table = "int4",
            Target = OnnxExportOptions.Portable,
        }));
    }

    public static TheoryData<string, string> Goldens()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in GoldenFolders.Names)
            foreach (var target in OnnxExportOptions.Targets) data.Add(name, target);
        return data;
    }

    [Theory, MemberData(nameof(Goldens))]
    public void Every_golden_folder_runs_in_eight_bits(string name, string target)
    {
        var source = GoldenFolders.Require(name);
        using var reference = new Reference(source);
        var output = _folder.File("out");
        OnnxExport.Run(new OnnxExportOptions { Model = source, Output = output, Target = target, Precision = "int8", Table = "int8" });
        using var model = new FFSplit.Runtime.Sessions.OnnxModel(Path.Combine(output, OnnxExport.ModelPath));
        var result = model.Run(reference.Batch, model.Available & ~ModelOutputs.NextTokenLogProbabilities);
        var (expected, actual) = result.Logits is { } logits ? (reference.Find("logits"), logits) : (reference.Find("last_hidden_state"), result.LastHiddenState!);
        // At real tokens: what stands at padding is nobody's business.
        var width = actual.Values.Length / (reference.Batch.Rows * reference.Batch.Length);
        int[] counted = [.. Enumerable.Range(0, expected!.Length).Where(i => actual.Shape.Count < 3 || reference.Batch.AttentionMask[i / width] == 1)];
        Assert.True(Cosine.Similarity([.. counted.Select(i => expected[i])], [.. counted.Select(i => actual.Values[i])]) > 0.99);
    }

    [Fact]
    public void Greedy_generation_takes_what_the_torch_model_finds_likeliest()
    {
        var source = TinyModel.Decoder(_folder.File("decoder"));
        using var model = ExportedModel.Load(Exported(source));
        using var loaded = LoadedModel.Load(source);
        int[] prompt = [.. model.Tokenizer.Encode("the rain").Ids];
        var ids = new TextGenerator(model).GenerateIds(prompt, new GenerationOptions { MaxTokens = 12 }).ToArray();
        Assert.NotEmpty(ids);
        var all = prompt.ToList();
        foreach (var id in ids)
        {
            var batch = new Batch(1, all.Count, [.. all.Select(i => (long)i)], [.. all.Select(_ => 1L)]);
            var logits = loaded.Model.Run(batch, ModelOutputs.Logits).Logits!;
            var last = logits.Values[^(int)logits.Shape[^1]..];
            Assert.Equal(Array.IndexOf(last, last.Max()), id);
            all.Add(id);
        }
    }

    [Fact]
    public async Task Pieces_join_to_the_text_end_at_a_stop_and_the_same_seed_draws_the_same()
    {
        using var model = ExportedModel.Load(Exported(TinyModel.Decoder(_folder.File("decoder"))));
        var generator = new TextGenerator(model);
        var options = new GenerationOptions { MaxTokens = 20, Temperature = 1.5, TopK = 20, TopP = 0.95, RepetitionPenalty = 1.1, Seed = 3 };
        var whole = await Text(options);
        Assert.Equal(whole, await Text(options));
        Assert.NotEqual(whole, await Text(options with { Seed = 4 }));
        var stop = whole[5..7];
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)], await Text(options with { Stop = [stop] }));

        async Task<string> Text(GenerationOptions how)
            => string.Concat(await generator.Generate("the rain", how, TestContext.Current.CancellationToken).ToArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_classifier_gives_all_labels_the_likeliest_first_also_without_holding_a_thread()
    {
        string[] names = ["red", "green", "blue"];
        var source = TinyModel.Classifier(_folder.File("classifier"), names);
        using var model = ExportedModel.Load(Exported(source));
        var classifier = new TextClassifier(model);
        TextInput[] inputs = [.. Texts.Select(t => new TextInput(t)), new TextInput("rain", "the sea was calm")];
        var (labels, usage) = classifier.Classify(inputs, TestContext.Current.CancellationToken);
        using var loaded = LoadedModel.Load(source);
        for (var i = 0; i < inputs.Length; i++)
        {
            var (batch, _) = BatchBuilder.Build(loaded.Tokenizer, [inputs[i]], 40).Single();
            var logits = loaded.Model.Run(batch, ModelOutputs.Logits).Logits!.Values;
            Assert.Equal(names.Zip(logits).OrderByDescending(p => p.Second).Select(p => p.First), labels[i].Select(l => l.Name));
            Assert.Equal(1, labels[i].Sum(l => l.Probability), 1e-5f);
            Assert.Equal(Math.Exp(logits[0] - logits[1]), Of("red") / Of("green"), 1e-3);

            float Of(string name) => labels[i].Single(l => l.Name == name).Probability;
        }
        var (again, same) = await classifier.ClassifyAsync(inputs, TestContext.Current.CancellationToken);
        Assert.Equal(labels, again);
        Assert.Equal(usage, same);
        Assert.Contains("3 outputs", (await Assert.ThrowsAsync<BadInputException>(() => classifier.ScoreAsync("rain", Texts))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_of_one_output_scores_pairs()
    {
        var source = TinyModel.Classifier(_folder.File("scorer"), ["score"]);
        using var model = ExportedModel.Load(Exported(source));
        var classifier = new TextClassifier(model);
        var (scores, _) = classifier.Score("rain", Texts, TestContext.Current.CancellationToken);
        var (logits, _) = classifier.Logits([.. Texts.Select(t => new TextInput("rain", t))], TestContext.Current.CancellationToken);
        Assert.All(scores.Zip(logits), p => Assert.Equal(1 / (1 + Math.Exp(-p.Second[0])), p.First, 1e-6));
        Assert.True(scores.Distinct().Count() > 1);
        Assert.Equal(scores, (await classifier.ScoreAsync("rain", Texts, TestContext.Current.CancellationToken)).Scores);
    }

    [Fact]
    public void What_cannot_be_run_is_said()
    {
        var folder = Encoder();
        Says(() => ExportedModel.Load(_folder.File("encoder")), ExportRecord.FileName);
        Says(() => ExportedModel.Load(_folder.File("nowhere")), "no folder");
        using (var model = ExportedModel.Load(folder, new RuntimeOptions { MaxLength = 4, RefuseLongTexts = true }))
        {
            Says(() => new TextEmbedder(model).Embed(Texts[1]), "4 tokens");
            Assert.Throws<BadUsageException>(() => { new TextEmbedder(model).Embed([]); });
            Says(() => _ = new TextClassifier(model), "classification");
            Says(() => _ = new TextGenerator(model), "generation");
            // The model is as good as before.
            Assert.NotEmpty(new TextEmbedder(model).Embed("rain", TestContext.Current.CancellationToken));
            Assert.ThrowsAny<OperationCanceledException>(() => { new TextEmbedder(model).Embed("rain", new CancellationToken(canceled: true)); });
        }
        using (var model = ExportedModel.Load(folder, new RuntimeOptions { MaxLength = 4 }))
            Assert.Equal(1, new TextEmbedder(model).Embed(Texts[..2], TestContext.Current.CancellationToken).Usage.TextsCut);
        Assert.Throws<BadUsageException>(() => ExportedModel.Load(folder, new RuntimeOptions { Threads = 0 }));
        var record = Path.Combine(folder, ExportRecord.FileName);
        var text = File.ReadAllText(record);
        File.WriteAllText(record, text.Replace("\"format_version\": 1", "\"format_version\": 2", StringComparison.Ordinal));
        Says(() => ExportedModel.Load(folder), "format_version");
        File.WriteAllText(record, text);
        var path = Path.Combine(folder, OnnxExport.ModelPath);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..2000]);
        Says(() => ExportedModel.Load(folder), path);

        static void Says(Action action, string word) => Assert.Contains(word, Assert.Throws<BadInputException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_application_gets_it_as_its_embedding_generator()
    {
        var folder = Encoder();
        var services = new ServiceCollection();
        services.AddFFSplitEmbeddingGenerator(o => o.Folder = folder);
        await using var provider = services.BuildServiceProvider();
        var generator = provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var made = await generator.GenerateAsync(Texts, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Texts.Length, made.Count);
        Assert.Equal(Texts.Sum(t => t.Split(' ').Length + 2), made.Usage!.InputTokenCount);
        var metadata = generator.GetRequiredService<EmbeddingGeneratorMetadata>();
        Assert.Equal((24, "ffsplit"), (metadata.DefaultModelDimensions!.Value, metadata.ProviderName));
        Assert.All(made, e => Assert.Equal((24, metadata.DefaultModelId), (e.Vector.Length, e.ModelId)));
        Assert.Null(generator.GetService(typeof(EmbeddingGeneratorMetadata), "key"));
        Assert.Same(provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>(), generator);
        var shorter = await generator.GenerateAsync(["rain"], new EmbeddingGenerationOptions { Dimensions = 8 }, TestContext.Current.CancellationToken);
        Assert.Equal(1, Math.Sqrt(shorter[0].Vector.ToArray().Sum(v => (double)v * v)), 1e-5);
        await Assert.ThrowsAsync<BadUsageException>(() => generator.GenerateAsync(["rain"], new EmbeddingGenerationOptions { Dimensions = 25 }));
        await Assert.ThrowsAsync<BadUsageException>(() => generator.GenerateAsync(["rain"], new EmbeddingGenerationOptions { ModelId = "other" }));
        Assert.Empty(await generator.GenerateAsync([], cancellationToken: TestContext.Current.CancellationToken));
    }
}
