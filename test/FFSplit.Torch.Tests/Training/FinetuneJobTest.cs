using System.Text.Json;
using System.Text.Json.Nodes;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Jobs;
using FFSplit.Compression.Plans;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Objectives;
using FFSplit.Modeling.Training.Running;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Training;

/// <summary>From a folder and a table to a trained folder.</summary>
public sealed class FinetuneJobTest : IDisposable
{
    static readonly TrainingOptions Quick = new() { Epochs = 2, BatchSize = 4, LearningRate = 2e-3, Compute = ComputeType.FullPrecision };

    readonly TemporaryFolder _folder = new();

    string Encoder => Once("encoder", path => TinyModel.Encoder(path));

    string Decoder => Once("decoder", path => TinyModel.Decoder(path));

    string Labels => Once("labels.tsv", path =>
    {
        string[] lines = [.. File.ReadAllLines(TinyModel.Text(_folder.File("text.txt"), 60))];
        File.WriteAllLines(path, ["sentence\tlabel", .. lines.Select((l, i)
            => $"{(i % 2 == 0 ? "sea " : "rain ")}{l}\t{(i % 2 == 0 ? "wet" : "dry")}")]);
        return path;
    });

    string Pairs => Once("pairs.tsv", path => TinyModel.Pairs(path, 40));

    [Fact]
    public void A_classifier_is_an_ordinary_folder_that_gives_what_was_trained()
    {
        var result = FinetuneJob.Run(Options("classification", Encoder, Labels) with { Training = Quick with { Epochs = 12 } });
        Assert.Equal(["dry", "wet"], result.Labels);
        Assert.Contains("classifier.weight", result.NewHead);
        Assert.Equal(100, result.Training.Best!["accuracy"]);
        Assert.Equal(result.Training.Best["loss"], result.Written!["loss"], 6);
        Assert.Contains(result.Notices, n => n.Contains("seed 0", StringComparison.Ordinal));
        using var written = Checkpoint.Open(result.Output);
        Assert.Equal("BertForSequenceClassification", written.ClassName);
        Assert.Equal("single_label_classification", Config(result.Output).GetProperty("problem_type").GetString());
        Assert.All(written.Weights.Tensors.Keys, name => Assert.True(name.StartsWith("bert.", StringComparison.Ordinal)
            || name.StartsWith("classifier.", StringComparison.Ordinal), name));
        Assert.NotEmpty(Directory.GetFiles(Path.Combine(result.Output, "runs"), "events.out.tfevents.*"));
        // What tells of this training goes along with no other model.
        var copy = Directory.CreateDirectory(_folder.File("copy")).FullName;
        FolderCopy.AllButWeights(result.Output, copy, [], TestContext.Current.CancellationToken);
        Assert.True(File.Exists(Path.Combine(copy, "config.json")));
        Assert.False(File.Exists(Path.Combine(copy, "training.json")) || Directory.Exists(Path.Combine(copy, "runs")));
        Assert.False(Directory.Exists(result.Output + ".training"));
        using var model = LoadedModel.Load(result.Output);
        foreach (var (text, label) in new[] { ("sea the ship was calm", 1), ("rain the ship was calm", 0) })
        {
            var batch = Assert.Single(BatchBuilder.Build(model.Tokenizer, [new TextInput(text)], model.Evaluated.MaxLength));
            var logits = model.Model.Run(batch.Batch, ModelOutputs.Logits).Logits!.Values;
            Assert.Equal(label, logits[1] > logits[0] ? 1 : 0);
        }
    }

    [Fact]
    public void A_classifier_goes_on_with_its_own_labels()
    {
        var first = FinetuneJob.Run(Options("classification", Encoder, Labels));
        var second = FinetuneJob.Run(Options("classification", first.Output, Labels, "again"));
        Assert.Empty(second.NewHead);
        Assert.Equal(["dry", "wet"], second.Labels);
        var strange = _folder.Write("strange.tsv", string.Join('\n', Enumerable.Range(0, 20)
            .Select(i => $"sea {i}\t{(i % 2 == 0 ? "good" : "bad")}").Prepend("sentence\tlabel")));
        var error = Assert.Throws<BadInputException>(() => FinetuneJob.Run(Options("classification", first.Output, strange, "third")));
        Assert.Contains("dry, wet", error.Message, StringComparison.Ordinal);
        Assert.Contains("--new-head", error.Message, StringComparison.Ordinal);
        Assert.Equal(["bad", "good"], FinetuneJob.Run(Options("classification", first.Output, strange,
            "fourth") with
        { NewHead = true }).Labels);
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("similarity")]
    public void Pairs_with_scores_are_learnt(string task)
    {
        var result = FinetuneJob.Run(Options(task, Encoder, Pairs) with
        {
            SimilarityLoss = task == "similarity" ? SimilarityLoss.MeanSquaredError : null,
            Training = Quick with { Epochs = 20 }
        });
        Assert.True(result.Training.Losses.TakeLast(5).Average() < 0.5 * result.Training.Losses.Take(5).Average(),
            string.Join(' ', result.Training.Losses.Take(5).Concat(result.Training.Losses.TakeLast(5))));
        using var written = Checkpoint.Open(result.Output);
        if (task == "similarity") Assert.IsType<Head.Bare>(written.Architecture.Head);
        else Assert.Equal(1, Assert.IsType<Head.Classifier>(written.Architecture.Head).Labels);
    }

    [Fact]
    public void A_split_causal_model_learns_from_its_teacher_and_stays_split()
    {
        var text = TinyModel.Text(_folder.File("novel.txt"), 60);
        CompressJob.Run(new CompressOptions
        {
            Model = Decoder,
            Output = _folder.File("split"),
            Plan = new PlanOptions { Method = "prune-light" },
            Statistics = new() { Calibration = new() { Data = new DataOptions { Path = text }, Windows = new() { Context = 32 } } }
        });
        var result = FinetuneJob.Run(Options("causal-lm", _folder.File("split"), text) with
        {
            Context = 32,
            Teacher = Decoder,
            Training = Quick with { Epochs = 10, Dropout = 0, Distillation = new() { Task = 0 } }
        });
        Assert.True(result.Training.Losses[^1] < 0.8 * result.Training.Losses[0],
            $"loss {result.Training.Losses[0]} to {result.Training.Losses[^1]}");
        Assert.Equal(result.Training.Best!["perplexity"], result.Written!["perplexity"], 4);
        using var split = Checkpoint.Open(_folder.File("split"));
        using var written = Checkpoint.Open(result.Output);
        Assert.Equal(split.Split!.Layers, written.Split!.Layers);
        Assert.True(File.Exists(Path.Combine(result.Output, "ffsplit.json")));
        Assert.True(File.Exists(Path.Combine(result.Output, "ffsplit.safetensors")));
        Assert.False(File.Exists(Path.Combine(result.Output, "model.safetensors")));
    }

    [Fact]
    public void A_masked_model_learns_to_fill_gaps()
    {
        var folder = MaskedModel();
        var result = FinetuneJob.Run(Options("masked-lm", folder,
            TinyModel.Text(_folder.File("lines.txt"), 40)) with
        { Training = Quick with { Epochs = 15, Dropout = 0 } });
        Assert.True(result.Training.Losses.TakeLast(5).Average() < 0.9 * result.Training.Losses.Take(5).Average());
        using var written = Checkpoint.Open(result.Output);
        Assert.Equal("BertForMaskedLM", written.ClassName);
    }

    [Fact]
    public void Bad_inputs_are_named()
    {
        Says<BadInputException>(Options("causal-lm", Encoder, Labels), "causal language model");
        Says<BadInputException>(Options("masked-lm", Encoder, Labels), "masked language model");
        Says<BadInputException>(Options("classification", Encoder,
            Once("one.tsv", p => { File.WriteAllText(p, "sentence\tlabel\nsea\tyes\nrain\tyes\n"); return p; })), "only 'yes'");
        Says<BadInputException>(Options("regression", Encoder, Labels) with
        {
            Data = new DataOptions
            {
                Path = Labels,
                LabelColumn = "label"
            }
        }, "a number in column 'label'");
        Says<BadInputException>(Options("classification", Encoder, Labels) with { Teacher = Encoder }, "the teacher's head");
        Says<BadInputException>(Options("causal-lm", Decoder, _folder.Write("a.txt",
            "the sea was calm and a ship came home at night with old men")) with
        { Context = 8, Teacher = Encoder },
            "the teacher's vocabulary");
        Says<BadUsageException>(Options("poetry", Encoder, Labels), "--task");
        Says<BadUsageException>(Options("causal-lm", Decoder, Labels) with { Data = new DataOptions { Path = Labels, MaxSamples = 5 } }, "--max-samples");
        Says<BadUsageException>(Options("causal-lm", Decoder, Labels) with { MaxLength = 8 }, "--max-length");
        Says<BadUsageException>(Options("classification", Encoder, Labels) with { Training = Quick with { Metric = "bleu" } }, "--metric");
        Says<BadUsageException>(Options("classification", Encoder, Labels) with { Context = 8 }, "--context");
        Says<BadUsageException>(Options("regression", Encoder, Labels) with { SimilarityLoss = SimilarityLoss.CoSent }, "--similarity-loss");
        foreach (var (judging, option) in new[]
        {
            (Quick with { Metric = "accuracy" }, "--metric"), (Quick with { ValidateEvery = 5 }, "--validate-every"),
            (Quick with { Patience = 1 }, "--patience"),
        })
            Says<BadUsageException>(Options("classification", Encoder, Labels) with { Training = judging with { ValidationShare = 0 } }, option);
        Says<BadUsageException>(Options("classification", Encoder, Labels) with { Training = Quick with { LearningRate = -1 } },
            "--learning-rate");
        Says<NonFiniteException>(Options("classification", Encoder, Labels) with { Training = Quick with { LearningRate = 1e30 } }, "step");
        Assert.False(Directory.Exists(_folder.File("out")));
        // There is nothing to go on from.
        Assert.False(Directory.Exists(_folder.File("out.training")));
    }

    [Fact]
    public void A_broken_run_is_gone_on_with_only_under_the_same_options()
    {
        var options = Options("classification", Encoder, Labels) with { SaveEvery = 4, Training = Quick with { Dropout = 0.1 } };
        var whole = FinetuneJob.Run(options with { Output = _folder.File("whole") });
        using (var cancel = new CancellationTokenSource())
            Assert.Throws<OperationCanceledException>(() => FinetuneJob.Run(options, new Stopper(cancel, 7), cancellation: cancel.Token));
        Assert.False(Directory.Exists(options.Output));
        Assert.Contains("--epochs", Assert.Throws<BadUsageException>(()
            => FinetuneJob.Run(options with { Training = options.Training with { Epochs = 3 } })).Message, StringComparison.Ordinal);
        Assert.Contains("--data", Assert.Throws<BadUsageException>(()
            => FinetuneJob.Run(options with { Data = options.Data with { MaxSamples = 50 } })).Message, StringComparison.Ordinal);
        var resumed = FinetuneJob.Run(options);
        Assert.Equal(7, resumed.Training.ResumedAt);
        Assert.Equal(whole.Training.Losses, resumed.Training.Losses);
        Assert.Equal(File.ReadAllBytes(Path.Combine(whole.Output, "model.safetensors")),
            File.ReadAllBytes(Path.Combine(resumed.Output, "model.safetensors")));
    }

    public void Dispose() => _folder.Dispose();

    // The encoder with BERT's head for gaps, its decoder tied to the token table.
    string MaskedModel()
    {
        var folder = Encoder;
        List<TensorData> tensors;
        using (var checkpoint = Checkpoint.Open(folder))
        {
            var (d, rows) = (checkpoint.Architecture.HiddenSize, checkpoint.Architecture.VocabularyRows);
            tensors = [.. checkpoint.Weights.Tensors.Values.Select(t => MemoryTensor.Of("bert." + t.Name, t.Shape, t.ReadSingles()))];
            float[] identity = [.. Enumerable.Range(0, d * d).Select(i => i % (d + 1) == 0 ? 1f : 0)];
            tensors.Add(MemoryTensor.Of("cls.predictions.transform.dense.weight", [d, d], identity));
            tensors.Add(MemoryTensor.Of("cls.predictions.transform.dense.bias", [d], new float[d]));
            tensors.Add(MemoryTensor.Of("cls.predictions.transform.LayerNorm.weight", [d], [.. Enumerable.Repeat(1f, d)]));
            tensors.Add(MemoryTensor.Of("cls.predictions.transform.LayerNorm.bias", [d], new float[d]));
            tensors.Add(MemoryTensor.Of("cls.predictions.bias", [rows], new float[rows]));
        }
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);
        TinyModel.Configure(folder, "architectures", new JsonArray("BertForMaskedLM"));
        return folder;
    }

    static JsonElement Config(string folder) => JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement;

    static void Says<T>(FinetuneOptions options, string words) where T : Exception
        => Assert.Contains(words, Assert.Throws<T>(() => FinetuneJob.Run(options)).Message, StringComparison.Ordinal);

    FinetuneOptions Options(string task, string model, string data, string output = "out")
        => new() { Model = model, Output = _folder.File(output), Task = task, Data = new DataOptions { Path = data }, Training = Quick };

    string Once(string name, Func<string, string> make) => Path.Exists(_folder.File(name)) ? _folder.File(name) : make(_folder.File(name));

    sealed class Stopper(CancellationTokenSource cancel, int step) : IProgress<ProgressReport>
    {
        public void Report(ProgressReport value)
        {
            if (value.Stage == "training" && value.Done == step) cancel.Cancel();
        }
    }
}
