using FFSplit.Checkpoints;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Tests.Evaluation;

/// <summary>Each task's files as they lie: real ones where there are any, else small ones with the headers and quirks of GLUE's.</summary>
public sealed class GlueTasksTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static ClassifiedSamples Classified(string task, string path, int? most = null, GlueSplit split = GlueSplit.Dev) =>
        GlueReader.ReadClassified(GlueTasks.Find(task)!, new DataOptions { Path = path, MaxSamples = most }, split, TestContext.Current.CancellationToken);

    // cut -f… dev.tsv | sort | uniq -c
    [Theory]
    [InlineData("cola", "CoLA", GlueSplit.Dev, 1043, 322, 721)]
    [InlineData("cola", "CoLA", GlueSplit.Train, 8551, 2528, 6023)]
    [InlineData("sst-2", "SST-2", GlueSplit.Dev, 872, 428, 444)]
    [InlineData("sst-2", "SST-2", GlueSplit.Train, 67349, 29780, 37569)]
    [InlineData("mrpc", "MRPC", GlueSplit.Dev, 408, 129, 279)]
    [InlineData("mrpc", "MRPC", GlueSplit.Train, 3668, 1194, 2474)]
    [InlineData("rte", "RTE", GlueSplit.Dev, 277, 146, 131)]
    [InlineData("rte", "RTE", GlueSplit.Train, 2490, 1249, 1241)]
    public void Real_folders_are_read_whole(string task, string folder, GlueSplit split, int rows, int first, int second)
    {
        var read = Classified(task, TestFolders.RequireShared("data/glue/" + folder), split: split);
        Assert.Equal((rows, first, second), (read.Samples.Count, read.Labels.Count(l => l == 0), read.Labels.Count(l => l == 1)));
        Assert.Empty(read.Notices);
        Assert.All(read.Samples, s => Assert.Equal(task is "mrpc" or "rte", s.Pair is not null));
    }

    [Fact]
    public void Real_quotes_are_data()
    {
        var mrpc = Classified("mrpc", TestFolders.RequireShared("data/glue/MRPC"));
        Assert.StartsWith("\"The foodservice pie business", mrpc.Samples[0].Pair);
        Assert.Equal("The sailors rode the breeze clear of the rocks.", Classified("cola", TestFolders.RequireShared("data/glue/CoLA")).Samples[0].Text);
    }

    [Theory]
    [InlineData("dev.tsv", 1500)]
    [InlineData("train.tsv", 5749)]
    public void Real_scores_are_read_whole(string file, int rows)
    {
        var path = TestFolders.RequireShared("data/glue/STS-B/" + file);
        var read = GlueReader.ReadScored(GlueTasks.Find("glue-sts-b")!, new DataOptions { Path = path }, cancel: TestContext.Current.CancellationToken);
        Assert.Equal(rows, read.Samples.Count);
        Assert.All(read.Scores, s => Assert.InRange(s, 0, 5));
    }

    [Fact]
    public void QNLI_keeps_stray_quotes()
    {
        _folder.Write("dev.tsv", "index\tquestion\tsentence\tlabel\n0\tWho said \"no?\tHe did.\tentailment\n1\tWhy?\t\"Because, he said.\tnot_entailment\n");
        var read = Classified("qnli", _folder.Path);
        Assert.Equal([new("Who said \"no?", "He did.", "entailment"), new("Why?", "\"Because, he said.", "not_entailment")], read.Samples);
        Assert.Equal([0, 1], read.Labels);
    }

    [Fact]
    public void QQP_rows_with_missing_fields_are_left_out_and_that_is_said()
    {
        var path = _folder.Write("dev.tsv",
            "id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate\n1\t2\t3\tHow?\tHow so?\t1\n4\t5\t6\tbroken row\n7\t8\t9\tWho?\tWhy?\t0\n\n");
        var read = Classified("qqp", path);
        Assert.Equal([1, 0], read.Labels);
        Assert.Equal(new Sample("Who?", "Why?", "0"), read.Samples[1]);
        Assert.Contains("1 rows with missing fields", Assert.Single(read.Notices));
        Assert.Contains("line 3", read.Notices[0]);
    }

    [Fact]
    public void MNLI_has_two_files_and_takes_the_gold_label()
    {
        const string header = "index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2"
            + "\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label\n";
        static string Row(string one, string two, string gold) => $"0\t1\t1n\tslate\t( a )\t( b )\t(ROOT)\t(ROOT)\t{one}\t{two}\tentailment\tneutral\tneutral\tneutral\tneutral\t{gold}\n";
        _folder.Write("dev_matched.tsv", header + Row("a", "b", "neutral") + Row("c", "d", "entailment"));
        _folder.Write("dev_mismatched.tsv", header + Row("e", "f", "contradiction"));
        Assert.Equal([1, 0], Classified("mnli", _folder.Path).Labels);
        var other = Classified("mnli-mm", _folder.Path);
        Assert.Equal((2, "e", "f"), (Assert.Single(other.Labels), other.Samples[0].Text, other.Samples[0].Pair));
    }

    [Fact]
    public void WNLI_counts_not_entailment_as_0()
    {
        var read = Classified("wnli", _folder.Write("dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\tx\ty\t0\n1\tz\tw\t1\n"));
        Assert.Equal(["not_entailment", "entailment"], read.Labels.Select(l => read.Set.Labels[l].Name));
    }

    [Fact]
    public void Byte_order_marks_and_carriage_returns_are_dropped()
    {
        var read = Classified("mrpc", _folder.Write("dev.tsv", "\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\r\n1\t2\t3\ta\t\"b\r\n0\t2\t3\tc\td\r\n"));
        Assert.Equal([new("a", "\"b", "1"), new("c", "d", "0")], read.Samples);
        var cola = Classified("cola", _folder.Write("cola.tsv", "\uFEFFgj04\t1\t\tFine.\r\ngj04\t0\t*\tBad the.\r\n"));
        Assert.Equal([1, 0], cola.Labels);
        Assert.Equal("Bad the.", cola.Samples[1].Text);
    }

    [Fact]
    public void The_hubs_columns_and_numbers_are_understood()
    {
        var mnli = Classified("mnli", _folder.Write("mnli.jsonl", "{\"premise\":\"a\",\"hypothesis\":\"b\",\"label\":2}\n{\"premise\":\"c\",\"hypothesis\":\"d\",\"label\":0}\n"));
        Assert.Equal(["contradiction", "entailment"], mnli.Labels.Select(l => mnli.Set.Labels[l].Name));
        var cola = Classified("cola", _folder.Write("cola.csv", "sentence,label,idx\n\"a, b\",1,0\nc,0,1\n"));
        Assert.Equal(("a, b", 1), (cola.Samples[0].Text, cola.Labels[0]));
    }

    [Theory]
    [InlineData(GlueSplit.Dev, "train.tsv")]
    [InlineData(GlueSplit.Dev, "sst2-test.tsv")]
    [InlineData(GlueSplit.Train, "dev.tsv")]
    [InlineData(GlueSplit.Train, "validation.tsv")]
    public void A_folder_that_holds_only_another_part_is_refused(GlueSplit split, string file)
    {
        var path = _folder.Write(file, "sentence\tlabel\na\t0\nb\t1\n");
        var folder = Path.GetDirectoryName(path)!;
        var exception = Assert.Throws<BadInputException>(() => Classified("sst-2", folder, split: split));
        Assert.Contains($"expected the file {(split == GlueSplit.Dev ? "dev" : "train")}.tsv, found {file}", exception.Message, StringComparison.Ordinal);
        // Whoever names the file means it.
        Assert.Equal(2, Classified("sst-2", path, split: split).Samples.Count);
        File.Move(path, Path.Combine(folder, "mine.tsv"));
        Assert.Equal(2, Classified("sst-2", folder, split: split).Samples.Count);
    }

    [Fact]
    public void A_number_of_samples_is_drawn_by_the_seed()
    {
        var path = _folder.Write("dev.tsv", "sentence\tlabel\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"s{i}\t{i % 2}\n")));
        var drawn = Classified("sst-2", path, most: 20);
        Assert.Equal(20, drawn.Samples.Count);
        Assert.Equal(drawn.Samples, Classified("sst-2", path, most: 20).Samples);
        Assert.NotEqual(drawn.Samples, Classified("sst-2", path).Samples.Take(20));
        Assert.All(drawn.Samples.Zip(drawn.Labels), p => Assert.Equal(p.First.Label, $"{p.Second}"));
    }

    [Theory]
    [InlineData("rte", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tmaybe\n", "dev.tsv:2", "'maybe'")]
    [InlineData("sst-2", "sentence\tlabel\na\t1\nb\t-1\n", "dev.tsv:3", "'-1'")]
    [InlineData("sst-2", "sentence\tlabel\na\t2\n", "dev.tsv:2", "'2'")]
    [InlineData("mrpc", "id\ta\tb\n1\t2\t3\n", "'#1 String'", "no such column")]
    [InlineData("cola", "a\tb\n", "'sentence'", "no such column")]
    [InlineData("sst-2", "sentence\tlabel\n", "dev.tsv", "none")]
    [InlineData("sst-2", "", "dev.tsv", "none")]
    public void What_does_not_belong_to_the_task_is_refused(string task, string content, string thing, string found)
    {
        var error = Assert.Throws<BadInputException>(() => Classified(task, _folder.Write("dev.tsv", content)));
        Assert.Contains(thing, error.Thing);
        Assert.Contains(found, error.Found);
    }

    [Fact]
    public void A_folder_with_several_tables_and_no_dev_file_is_refused()
    {
        _folder.Write("a.tsv", "sentence\tlabel\na\t1\n");
        Assert.Single(Classified("sst-2", _folder.Path).Samples);
        _folder.Write("b.tsv", "sentence\tlabel\na\t1\n");
        Assert.Contains("dev.tsv", Assert.Throws<BadInputException>(() => Classified("sst-2", _folder.Path)).Expected);
    }
}
