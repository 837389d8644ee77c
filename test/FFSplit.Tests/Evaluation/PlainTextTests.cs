using FFSplit.Checkpoints;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Tests.Evaluation;

public sealed class PlainTextTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static string[] Texts(string path) => [.. Calls.Read(new DataOptions { Path = path, Shuffle = false }).Samples.Select(s => s.Text)];

    [Theory]
    [InlineData("a.txt")]
    [InlineData("a.raw")]
    [InlineData("a.tokens")]
    [InlineData("a")]
    public void Each_line_is_a_sample_and_blank_lines_are_not(string name)
    {
        var path = _folder.Write(name, "\uFEFFfirst \r\n\r\n  \t\nsecond\n third");
        Assert.Equal(["first ", "second", " third"], Texts(path));
    }

    [Fact]
    public void Whole_text_loses_byte_order_marks_and_carriage_returns_and_nothing_else()
    {
        _folder.Write("b.txt", "\uFEFFtwo\r\n\r\n");
        _folder.Write("a.txt", "\uFEFFone\r\n\ttail\rx");
        _folder.Write("C.txt", "zero\n");
        var text = Calls.ReadText(new DataOptions { Path = _folder.Path });
        Assert.Equal("zero\none\n\ttail\rxtwo\n\n", text.Text);
        Assert.Equal(["C.txt", "a.txt", "b.txt"], text.Files.Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_gives_data_files_and_names_what_it_passes_over()
    {
        foreach (var name in new[] { "SOURCE.txt", "LICENSE.txt", "x.bin", ".hidden.txt", "data.txt" }) _folder.Write(name, name);
        var set = Calls.Read(new DataOptions { Path = _folder.Path });
        Assert.Equal("data.txt", Assert.Single(set.Samples).Text);
        var notice = Assert.Single(set.Notices);
        Assert.Contains("LICENSE.txt, SOURCE.txt, x.bin", notice);
    }

    [Fact]
    public void Plain_text_beside_tables_is_passed_over()
    {
        _folder.Write("about.txt", "about");
        _folder.Write("b.tsv", "sentence\nfrom b");
        _folder.Write("a.jsonl", "{\"sentence\":\"from a\"}");
        var set = Calls.Read(new DataOptions { Path = _folder.Path, Shuffle = false });
        Assert.Equal(["from a", "from b"], set.Samples.Select(s => s.Text));
        Assert.Contains("about.txt", Assert.Single(set.Notices));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\n\t")]
    [InlineData("\uFEFF")]
    public void Data_without_a_text_is_refused(string content)
    {
        var options = new DataOptions { Path = _folder.Write("a.txt", content) };
        Assert.Contains("empty", Assert.Throws<BadInputException>(() => Calls.Read(options)).Found);
        Assert.Contains("empty", Assert.Throws<BadInputException>(() => Calls.ReadText(options)).Found);
    }

    [Fact]
    public void What_is_not_there_is_refused()
    {
        var path = Path.Combine(_folder.Path, "nowhere.txt");
        Assert.Equal(path, Assert.Throws<BadInputException>(() => Texts(path)).Thing);
        Assert.Contains(".jsonl", Assert.Throws<BadInputException>(() => Texts(_folder.Path)).Expected);
    }

    [Fact]
    public void Binary_data_is_refused_with_the_offset_of_its_first_zero_byte()
    {
        var error = Assert.Throws<BadInputException>(() => Texts(_folder.Write("a.txt", [0x61, 0x62, 0x00, 0xFF])));
        Assert.Contains("offset 2", error.Found);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_their_offset()
    {
        var error = Assert.Throws<BadInputException>(() => Texts(_folder.Write("a.txt", [0xEF, 0xBB, 0xBF, 0x61, 0xE9, 0x62])));
        Assert.Contains("offset 4", error.Found);
    }

    [Fact]
    public void UTF16_is_refused_by_name() =>
        Assert.Contains("UTF-16", Assert.Throws<BadInputException>(() => Texts(_folder.Write("a.txt", [0xFF, 0xFE, 0x61, 0x00]))).Found);

    [Fact]
    public void A_column_of_plain_text_is_bad_usage()
    {
        var path = _folder.Write("a.txt", "text");
        Assert.Throws<BadUsageException>(() => Calls.Read(new DataOptions { Path = path, TextColumns = ["text"] }));
        Assert.Throws<BadUsageException>(() => Calls.Read(new DataOptions { Path = path, LabelColumn = "x" }));
    }

    [Fact]
    public void Options_are_held_against_each_other()
    {
        Assert.Throws<BadUsageException>(() => new DataOptions { Path = " " }.Validate());
        Assert.Throws<BadUsageException>(() => new DataOptions { Path = "a", MaxSamples = 0 }.Validate());
        Assert.Throws<BadUsageException>(() => new DataOptions { Path = "a", TextPairColumn = "b" }.Validate());
        Assert.Throws<BadUsageException>(() => new DataOptions { Path = "a", TextColumns = ["a", "c"], TextPairColumn = "b" }.Validate());
        new DataOptions { Path = "a", TextColumns = ["a"], TextPairColumn = "b", MaxSamples = 1 }.Validate();
    }
}
