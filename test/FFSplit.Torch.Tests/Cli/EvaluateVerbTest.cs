using System.Text.Json.Nodes;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>The evaluator as a process, on a small classifier of three labels and small causal models.</summary>
public sealed class EvaluateVerbTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The golden BERT classifier with a vocabulary of its own size.</summary>
    string Classifier(string name, params string[] labels)
    {
        var folder = _folder.File(name);
        Directory.CreateDirectory(folder);
        foreach (var file in new[] { "config.json", "model.safetensors" }) File.Copy(Path.Combine(TestFolders.RequireGolden("bert-classifier"), file), Path.Combine(folder, file));
        string[] words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 206).Select(i => $"w{i}")];
        File.WriteAllText(Path.Combine(folder, "vocab.txt"), string.Join('\n', words) + "\n");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class": "BertTokenizer", "do_lower_case": true}""");
        if (labels.Length > 0) TinyModel.Configure(folder, "id2label", new JsonObject(labels.Select((l, i) => KeyValuePair.Create($"{i}", (JsonNode?)l))));
        return folder;
    }

    string Pairs()
    {
        // Of different numbers, so that a model of random weights, which prefers one output, reaches something else under each order.
        static string Label(int i) => (i % 8) switch { < 5 => "entailment", < 7 => "neutral", _ => "contradiction" };
        var rows = Enumerable.Range(0, 40).Select(i => $"{i}\tw{i} w{i * 7 % 200} w{i * 3}\tw{i * 11 % 190} w{i + 60}\t{Label(i)}");
        var path = _folder.File("pairs.tsv");
        File.WriteAllLines(path, ["index\tsentence1\tsentence2\tgold_label", .. rows]);
        return path;
    }

    [Fact]
    public void The_order_of_names_decides_what_the_same_weights_reach_and_generic_names_are_refused()
    {
        var (data, generic) = (Pairs(), Classifier("generic"));
        CliProcess.Run("evaluate", generic, "--task", "mnli", "--data", data).Ended(3)
            .Says("generic", "entailment=0,neutral=1,contradiction=2", "contradiction=0,neutral=1,entailment=2", "--label-map");
        var named = Accuracy(Classifier("named", "Contradiction", "NEUTRAL", "entailment"));
        Assert.Equal(named, Accuracy(generic, "--label-map", "contradiction=0,neutral=1,entailment=2"));
        Assert.NotEqual(named, Accuracy(generic, "--label-map", "contradiction=2,neutral=0,entailment=1"));
        CliProcess.Run("evaluate", generic, "--task", "mnli", "--data", data, "--label-map", "yes=0,no=1,maybe=2").Ended(2).Says("'yes'");
        CliProcess.Run("evaluate", generic, "--task", "glue-sts-b", "--data", TinyModel.Pairs(_folder.File("scores.tsv"))).Ended(3).Says("one output", "3 outputs");

        double Accuracy(string model, params string[] more) =>
            CliProcess.Run(["evaluate", model, "--task", "mnli", "--data", data, "--json", .. more], null).Ended(0).Json()
                .GetProperty("models")[0].GetProperty("result").GetProperty("value").GetDouble();
    }

    [Fact]
    public void A_later_model_without_the_head_is_refused_before_the_first_has_run()
    {
        var (data, dense) = (Pairs(), Classifier("dense", "entailment", "neutral", "contradiction"));
        var run = CliProcess.Run("evaluate", dense, TinyModel.Encoder(_folder.File("headless")), "--task", "mnli", "--data", data).Ended(3)
            .Says("headless", "a classification or regression head");
        Assert.DoesNotContain("judging", run.Error, StringComparison.Ordinal);
        // Of several models each is named while it is judged.
        Assert.Contains("again: judging", CliProcess.Run("evaluate", dense, Classifier("again", "entailment", "neutral", "contradiction"),
            "--task", "mnli", "--data", data).Ended(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_classifier_is_held_against_the_dense_one()
    {
        var (data, dense) = (Pairs(), Classifier("dense", "entailment", "neutral", "contradiction"));
        var split = _folder.File("split");
        CliProcess.Run("compress", dense, "--data", data, "--method", "prune-light", "-o", split).Ended(0);
        var models = CliProcess.Run("evaluate", dense, split, dense, "--task", "mnli", "--data", data, "--bootstrap", "500", "--json").Ended(0).Json().GetProperty("models");
        Assert.Equal(System.Text.Json.JsonValueKind.Null, models[0].GetProperty("against_first").ValueKind);
        Assert.True(models[1].GetProperty("against_first").GetProperty("kl_divergence").GetDouble() > 0);
        Assert.Equal(500, models[1].GetProperty("drop_interval").GetProperty("resamples").GetInt32());
        Assert.Equal(100, models[2].GetProperty("against_first").GetProperty("agreement").GetDouble());
        Assert.Equal(0, models[2].GetProperty("drop_interval").GetProperty("high").GetDouble());
        var shown = CliProcess.Run("evaluate", dense, split, "--task", "mnli", "--data", data).Ended(0).Output;
        foreach (var part in new[] { "95 % of drops", "KL", "agree %", "10000 paired resamples" }) Assert.Contains(part, shown, StringComparison.Ordinal);
        CliProcess.Run("evaluate", dense, split, "--task", "mnli", "--data", data, "--bootstrap", "5").Ended(2).Says("--bootstrap");
    }

    [Fact]
    public void Own_data_is_judged_by_its_own_columns_and_one_class_is_refused()
    {
        var model = Classifier("own", "red", "green", "blue");
        var data = _folder.File("own.csv");
        File.WriteAllLines(data, ["body,colour", .. Enumerable.Range(0, 30).Select(i => $"w{i} w{i * 5},{(i % 2 == 0 ? "red" : "blue")}")]);
        var metrics = CliProcess.Run("evaluate", model, "--task", "classification", "--data", data, "--text", "body", "--label", "colour", "--json").Ended(0).Json()
            .GetProperty("models")[0].GetProperty("result").GetProperty("metrics");
        Assert.Equal(["accuracy", "macro_f1", "matthews"], metrics.EnumerateObject().Select(m => m.Name));
        File.WriteAllLines(data, ["body,colour", "w1,red", "w2,red"]);
        CliProcess.Run("evaluate", model, "--task", "classification", "--data", data, "--text", "body", "--label", "colour").Ended(3).Says("at least two labels", "only 'red'");
    }

    [Fact]
    public void Causal_models_are_held_against_each_other()
    {
        var (model, other) = (TinyModel.Decoder(_folder.File("opt")), TinyModel.Decoder(_folder.File("other"), seed: 2));
        var text = TinyModel.Text(_folder.File("text.txt"));
        foreach (var task in new[] { "perplexity", "lambada" })
        {
            string[] windows = task == "perplexity" ? ["--context", "32", "--windows", "8"] : [];
            var models = CliProcess.Run(["evaluate", model, other, model, "--task", task, "--data", text, .. windows, "--json"]).Ended(0).Json()
                .GetProperty("models");
            Assert.True(models[1].GetProperty("against_first").GetProperty("kl_divergence").GetDouble() > 1e-3);
            Assert.InRange(models[2].GetProperty("against_first").GetProperty("kl_divergence").GetDouble(), 0, 1e-6);
            Assert.Equal(100, models[2].GetProperty("against_first").GetProperty("agreement").GetDouble());
            if (task == "perplexity") Assert.True(models[0].GetProperty("result").GetProperty("metrics").GetProperty("bits_per_byte").GetDouble() > 0);
        }
        CliProcess.Run("evaluate", model, "--task", "cola", "--data", text).Ended(3);
    }
}
