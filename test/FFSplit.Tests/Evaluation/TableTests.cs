using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Tests.Evaluation;

public sealed class TableTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static IReadOnlyList<Sample> Read(string path, string[] text, string? pair = null, string? label = null) =>
        Calls.Read(new DataOptions
        {
            Path = path,
            TextColumns = text,
            TextPairColumn = pair,
            LabelColumn = label,
            Shuffle = false,
        }).Samples;

    [Fact]
    public void Quotes_in_a_TSV_are_characters()
    {
        var path = _folder.Write("a.tsv", "\uFEFFid\tsentence\r\n1\t\"open, never closed\r\n2\the said \"no\"\r\n3\t\"\"\"\r\n");
        Assert.Equal(["\"open, never closed", "he said \"no\"", "\"\"\""], Read(path, ["sentence"]).Select(s => s.Text));
    }

    [Fact]
    public void A_number_is_a_position_in_a_file_without_header()
    {
        var path = _folder.Write("a.tsv", "gj04\t1\t\tFirst row.\ngj04\t0\t*\tSecond row.\n");
        Assert.Equal([new("First row.", null, "1"), new("Second row.", null, "0")], Read(path, ["3"], label: "1"));
    }

    [Theory]
    [InlineData("0", "1", true)]
    [InlineData("sentence", "1", false)]
    [InlineData("sentence", "label", false)]
    public void That_the_first_row_is_data_is_said(string text, string label, bool said)
    {
        var options = new DataOptions { Path = _folder.Write("a.tsv", "sentence\tlabel\ngood\t1\nbad\t0\n"), TextColumns = [text], LabelColumn = label };
        IReadOnlyList<string>[] notices = [SampleReader.Read(options, TestContext.Current.CancellationToken).Notices,
            LabeledReader.ReadClassified(options, TestContext.Current.CancellationToken).Notices];
        Assert.All(notices, told => Assert.Equal(said, told.Any(n => n.Contains("begins with 'sentence'", StringComparison.Ordinal))));
    }

    [Fact]
    public void A_number_is_a_position_even_where_a_field_of_the_first_row_reads_the_same()
    {
        var path = _folder.Write("a.csv", "1,0\na,b\n");
        Assert.Equal(["1", "a"], Read(path, ["0"]).Select(s => s.Text));
    }

    [Fact]
    public void A_number_beside_a_name_is_a_position_below_the_header()
    {
        var path = _folder.Write("a.tsv", "sentence\tlabel\ngood\t1\n");
        Assert.Equal([new("good", null, "1")], Read(path, ["sentence"], label: "1"));
    }

    [Fact]
    public void CSV_fields_in_quotes_hold_commas_quotes_and_line_breaks()
    {
        var path = _folder.Write("a.csv", "\uFEFFtext,label\r\n\"one, \"\"two\"\"\r\nthree\",1\r\n\r\nplain,0\r\n\"\",2\r\n\"x\ny\",3");
        var set = Calls.Read(new DataOptions { Path = path, LabelColumn = "label", Shuffle = false });
        Assert.Equal([new("one, \"two\"\nthree", null, "1"), new("plain", null, "0"), new("x\ny", null, "3")], set.Samples);
        Assert.Contains(set.Notices, n => n.Contains("1 empty", StringComparison.Ordinal));
        Assert.Contains(set.Notices, n => n.Contains("'text'", StringComparison.Ordinal) && n.Contains("--text", StringComparison.Ordinal));
    }

    [Fact]
    public void A_quote_in_a_CSV_that_never_closes_is_refused_with_its_line()
    {
        var path = _folder.Write("a.csv", "text\nfine\n\"open\nmore\nand more\n");
        Assert.EndsWith("a.csv:3", Assert.Throws<BadInputException>(() => Read(path, ["text"])).Thing);
    }

    [Fact]
    public void A_large_CSV_field_is_read_whole()
    {
        var text = new string('x', 3_000_000) + "\n" + new string('y', 10);
        Assert.Equal(text, Assert.Single(Read(_folder.Write("a.csv", $"text,n\n\"{text}\",1\n"), ["text"])).Text);
    }

    [Fact]
    public void A_CSV_row_beyond_what_the_reader_holds_is_refused()
    {
        var path = _folder.Write("a.csv", $"text,n\nfine,1\n{new string('x', 17_000_000)},2\n");
        Assert.Contains("after line 2", Assert.Throws<BadInputException>(() => Read(path, ["text"])).Found);
    }

    [Theory]
    [InlineData("a.tsv", "a\ttext\n1\tfine\n\n2\n", ":4")]
    [InlineData("a.csv", "a,text\n1,\"two\nlines\"\n2\n", ":4")]
    public void A_short_row_is_refused_with_its_line(string name, string content, string end)
    {
        var error = Assert.Throws<BadInputException>(() => Read(_folder.Write(name, content), ["text"]));
        Assert.EndsWith(end, error.Thing);
    }

    [Fact]
    public void A_comma_that_should_have_been_quoted_is_refused_with_its_line()
    {
        var error = Assert.Throws<BadInputException>(() => Read(_folder.Write("a.csv", "kind,text\nx,fine\ny,a, b\n"), ["text"]));
        Assert.EndsWith("a.csv:3", error.Thing, StringComparison.Ordinal);
        Assert.Contains("2 fields", error.Expected, StringComparison.Ordinal);
        // What spreadsheets put behind the last field is nothing.
        Assert.Equal(["fine"], Read(_folder.Write("b.csv", "kind,text\nx,fine,,\n"), ["text"]).Select(s => s.Text));
    }

    [Fact]
    public void A_name_that_two_columns_have_is_refused()
    {
        var path = _folder.Write("a.csv", "text,text,kind\na,b,c\n");
        var error = Assert.Throws<BadInputException>(() => Read(path, ["text"]));
        Assert.Contains("0, 1", error.Found, StringComparison.Ordinal);
        Assert.Equal([new("b", null, "c")], Read(path, ["1"], label: "kind"));
    }

    [Theory]
    [InlineData("kind,body,label\nx,one,0\ny,two,1\n", "one two", "0 1")]
    [InlineData("body,Label\none,0\ntwo,1\n", "one two", "0 1")]
    public void Where_only_the_text_is_named_the_label_is_the_column_of_that_name(string content, string texts, string labels)
    {
        var read = LabeledReader.ReadClassified(new DataOptions { Path = _folder.Write("a.csv", content), TextColumns = ["body"] },
            TestContext.Current.CancellationToken);
        Assert.Equal(texts.Split(' '), read.Samples.Select(s => s.Text));
        Assert.Equal(labels.Split(' ').Select(int.Parse), read.Labels);
        var error = Assert.Throws<BadInputException>(() => LabeledReader.ReadClassified(new DataOptions
        {
            Path = _folder.Write("b.csv", "body,kind\none,0\ntwo,1\n"),
            TextColumns = ["body"],
        }, TestContext.Current.CancellationToken));
        Assert.Contains("'label'", error.Thing, StringComparison.Ordinal);
        Assert.Contains("--label", error.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_with_an_empty_text_are_counted_and_taken()
    {
        var read = LabeledReader.ReadClassified(new DataOptions { Path = _folder.Write("a.csv", "sentence1,sentence2,label\na,b,0\n,c,1\nd, ,0\n") },
            TestContext.Current.CancellationToken);
        Assert.Equal(3, read.Samples.Count);
        Assert.Contains(read.Notices, n => n.Contains("2 rows with an empty text", StringComparison.Ordinal) && n.Contains("line 3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20, 1, false)]
    [InlineData(21, 1, true)]
    [InlineData(21, 0.5, true)]
    public void Numbers_that_look_like_measurements_are_remarked_on(int numbers, double step, bool said)
    {
        var rows = Enumerable.Range(0, numbers).Select(i => string.Create(CultureInfo.InvariantCulture, $"t,{i * step}\n"));
        var read = LabeledReader.ReadClassified(new DataOptions { Path = _folder.Write("a.csv", "text,label\n" + string.Concat(rows)) },
            TestContext.Current.CancellationToken);
        Assert.Equal(numbers, read.Set.Labels.Count);
        Assert.Equal(said, read.Notices.Any(n => n.Contains($"{numbers} different numbers", StringComparison.Ordinal)
            && n.Contains("regression", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("a.tsv", "id\tsentence\n1\tx\n", "txet")]
    [InlineData("a.csv", "id,sentence\n1,x\n", "2")]
    [InlineData("a.csv", "id,sentence\n1,x\n", "-1")]
    [InlineData("a.jsonl", "{\"id\":1,\"sentence\":\"x\"}\n", "0")]
    public void A_missing_column_is_refused_with_those_that_there_are(string name, string content, string column)
    {
        var error = Assert.Throws<BadInputException>(() => Read(_folder.Write(name, content), [column]));
        Assert.Contains($"'{column}'", error.Thing);
        Assert.Contains("'id', 'sentence'", error.Expected);
        Assert.Contains("--text", error.Remedy);
    }

    [Fact]
    public void JSONL_takes_texts_numbers_and_truth_values()
    {
        var path = _folder.Write(
            "a.ndjson", "\uFEFF{\"text\":\"a\\nb \\u00e9\",\"label\":1.50,\"x\":[1]}\r\n\r\n{\"label\":true,\"text\":\"c\"}");
        Assert.Equal([new("a\nb é", null, "1.50"), new("c", null, "true")], Read(path, ["text"], label: "label"));
    }

    [Theory]
    [InlineData("[1,2]", "an array")]
    [InlineData("\"text\"", "a text")]
    [InlineData("{\"text\":", "malformed")]
    [InlineData("{\"text\":\"a\"} {}", "malformed")]
    [InlineData("{\"text\":\"\\ud800\"}", "surrogate")]
    [InlineData("{\"\\ud800\":1}", "")]
    [InlineData("{\"text\":null}", "null")]
    [InlineData("{\"other\":\"x\"}", "no such key")]
    [InlineData("{\"text\":{}}", "an object")]
    public void A_JSONL_line_without_the_text_is_refused_with_its_line(string line, string found)
    {
        var error = Assert.Throws<BadInputException>(() => Read(_folder.Write("a.jsonl", "{\"text\":\"fine\"}\n\n" + line), ["text"]));
        Assert.EndsWith("a.jsonl:3", error.Thing);
        Assert.Contains(found, error.Found);
        Assert.Throws<BadInputException>(() => Read(_folder.Write("b.jsonl", line), ["text"]));
    }

    [Theory]
    [InlineData("id\tsentence1\tSentence2\ttext", "1\ta\tb\tc", "a b")]
    [InlineData("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", "1\t2\t3\ta\tb", "a b")]
    [InlineData("id\tquestion\tsentence\tlabel", "1\ta\tb\tc", "a b")]
    [InlineData("id\tcontent\tText", "1\ta\tb", "b")]
    [InlineData("whatever", "a", "a")]
    public void Well_known_columns_are_found_without_being_named(string header, string row, string texts)
    {
        var set = Calls.Read(new DataOptions { Path = _folder.Write("a.tsv", header + "\n" + row), Shuffle = false });
        Assert.Equal(texts, string.Join(' ', set.Samples.Select(s => s.Text)));
    }

    [Fact]
    public void Unknown_columns_must_be_named()
    {
        var path = _folder.Write("a.tsv", "gj04\t1\t\tThe sailors rode the breeze clear of the rocks, and away.\n");
        var error = Assert.Throws<BadInputException>(() => Read(path, []));
        Assert.Contains("'gj04', '1', '', 'The sailors rode", error.Found);
        Assert.Contains("--text 3", error.Remedy);
    }

    [Fact]
    public void Pairs_stay_together_and_several_columns_come_apart()
    {
        var path = _folder.Write("a.tsv", "sentence1\tsentence2\na\tb\nc\td\n");
        Assert.Equal([new("a", "b"), new("c", "d")], Read(path, ["sentence1"], pair: "sentence2"));
        Assert.Equal(["a", "b", "c", "d"], Read(path, ["sentence1", "sentence2"]).Select(s => s.Text));
        Assert.Equal("a\nb\nc\nd\n", Calls.ReadText(new DataOptions { Path = path }).Text);
    }

    [Theory]
    [InlineData("a.tsv", "")]
    [InlineData("a.tsv", "sentence\tlabel\n")]
    [InlineData("a.csv", "\n\n")]
    [InlineData("a.jsonl", "\n")]
    public void A_table_without_rows_is_refused(string name, string content) =>
        Assert.Contains("empty", Assert.Throws<BadInputException>(() => Read(_folder.Write(name, content), [])).Found);
}
