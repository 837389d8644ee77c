using FFSplit.Checkpoints;
using FFSplit.Evaluation.Samples;
using Parquet;
using Parquet.Schema;

namespace FFSplit.Tests.Evaluation;

public sealed class ParquetTableTests : IDisposable
{
    /// <summary>Written by DuckDB:
    /// <code>
    /// create table t(sentence1 varchar, sentence2 varchar, label bigint, score double, flag boolean, tags varchar[]);
    /// insert into t values ('"open, never closed','he said "no"',0,2.5,true,['a']),('é 日本',E'two\nlines',1,0.125,false,[]),
    ///   ('same','same',1,NULL,true,NULL),('same','same',2,5,NULL,['b','c']);
    /// copy t to 'f.parquet' (format parquet, compression snappy)
    /// </code></summary>
    const string FromDuckDb =
        "UEFSMRUAFXQVeCwVCBUAFQYVBgAAOuQCAAAACAETAAAAIm9wZW4sIG5ldmVyIGNsb3NlZAkAAADDqSDml6XmnKwEAAAAc2FtZQQAAABzYW1lFQAVZhVqLB"
        + "UIFQAVBhUGAAAzyAIAAAAIAQwAAABoZSBzYWlkICJubyIJAAAAdHdvCmxpbmVzBAAAAHNhbWUEAAAAc2FtZRUAFUwVMCwVCBUAFQYVBgAAJhgCAAAACAEA"
        + "DQERCREIHAIAAAAAAAAAFQAVehU4LBUIFQAVBhUGAAA9GCEAAABBCwCOAQAEBEAJJiTAPwAAAAAAABRAFQAVTBUcLBUIFQAVBhUGAAAmGCEAAABBBwB2AQ"
        + "AABRUAFbgBFUosFQoVABUGFQYAAFw8BAAAAAgAAgFBAAAAQccDAPIBADgBAAAAYQEAAABiAQAAAGMVAhmcNQAYDWR1Y2tkYl9zY2hlbWEVDAAVDCUCGAlz"
        + "ZW50ZW5jZTElAAAVDCUCGAlzZW50ZW5jZTIlAAAVBCUCGAVsYWJlbCUkABUKJQIYBXNjb3JlABUAJQIYBGZsYWcANQIYBHRhZ3MVAhUGADUEGARsaXN0FQ"
        + "IAFQwlAhgHZWxlbWVudCUAABYIGRwZbCYAHBUMGRUAGRgJc2VudGVuY2UxFQIWCBaWARaaASYIPBgJw6kg5pel5pysGBMib3BlbiwgbmV2ZXIgY2xvc2Vk"
        + "FgAoCcOpIOaXpeacrBgTIm9wZW4sIG5ldmVyIGNsb3NlZBERAAAAJgAcFQwZFQAZGAlzZW50ZW5jZTIVAhYIFogBFowBJqIBPBgJdHdvCmxpbmVzGAxoZS"
        + "BzYWlkICJubyIWACgJdHdvCmxpbmVzGAxoZSBzYWlkICJubyIREQAAACYAHBUEGRUAGRgFbGFiZWwVAhYIFm4WUiauAjwYCAIAAAAAAAAAGAgAAAAAAAAA"
        + "ABYAKAgCAAAAAAAAABgIAAAAAAAAAAAREQAAACYAHBUKGRUAGRgFc2NvcmUVAhYIFpwBFlomgAM8GAgAAAAAAAAUQBgIAAAAAAAAwD8WAigIAAAAAAAAFE"
        + "AYCAAAAAAAAMA/EREAAAAmABwVABkVABkYBGZsYWcVAhYIFm4WPibaAzwYAQEYAQAWAigBARgBABERAAAAJgAcFQwZFQAZOAR0YWdzBGxpc3QHZWxlbWVu"
        + "dBUCFgoW3AEWbiaYBDwYAWMYAWEWBCgBYxgBYRERAAAAFvIGFggmCBb+BAAoKER1Y2tEQiB2ZXJzaW9uIHYxLjUuNiAoYnVpbGQgMDY5Y2M5ZjliNSkZbB"
        + "wAABwAABwAABwAABwAABwAAACdAgAAUEFSMQ==";

    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string File => _folder.Write("f.parquet", Convert.FromBase64String(FromDuckDb));

    static IReadOnlyList<Sample> Read(string path, string[] text, string? pair = null, string? label = null) =>
        Calls.Read(new DataOptions { Path = path, TextColumns = text, TextPairColumn = pair, LabelColumn = label, Shuffle = false }).Samples;

    [Fact]
    public void Texts_numbers_and_quotes_of_another_writer_are_read()
    {
        Sample[] expected = [new("\"open, never closed", "he said \"no\"", "0"), new("é 日本", "two\nlines", "1"), new("same", "same", "1"), new("same", "same", "2")];
        Assert.Equal(expected, Read(File, ["sentence1"], "sentence2", "label"));
        var own = LabeledReader.ReadClassified(new DataOptions { Path = File }, TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 1, 2], own.Labels);
        Assert.Equal(expected[1], own.Samples[1]);
    }

    [Fact]
    public void A_folder_of_parts_is_read_in_order()
    {
        _ = File;
        _folder.Write("g.parquet", Convert.FromBase64String(FromDuckDb));
        Assert.Equal(8, Read(_folder.Path, ["sentence1"]).Count);
    }

    [Fact]
    public void An_empty_cell_and_a_column_of_lists_are_refused_by_name()
    {
        var empty = Assert.Throws<BadInputException>(() => Read(File, ["sentence1"], label: "score"));
        Assert.Contains("row 3", empty.Thing);
        Assert.Contains("'score'", empty.Expected);
        Assert.Contains("row 4", Assert.Throws<BadInputException>(() => Read(File, ["flag"])).Thing);
        Assert.Contains("a list", Assert.Throws<BadInputException>(() => Read(File, ["tags"])).Found);
        Assert.Contains("'sentence1', 'sentence2', 'label'", Assert.Throws<BadInputException>(() => Read(File, ["text"])).Expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(11)]
    [InlineData(500)]
    [InlineData(999)]
    public void A_file_that_ends_early_is_refused(int length) =>
        Assert.Contains("t.parquet", Assert.Throws<BadInputException>(
            () => Read(_folder.Write("t.parquet", Convert.FromBase64String(FromDuckDb)[..length]), ["sentence1"])).Thing);

    [Fact]
    public void Text_under_the_name_of_a_Parquet_file_is_refused() =>
        Assert.Contains("Parquet", Assert.Throws<BadInputException>(() => Read(_folder.Write("a.parquet", "text,label\na,1\n"), ["text"])).Expected);

    [Fact]
    public void No_changed_byte_makes_it_throw_anything_else()
    {
        var bytes = Convert.FromBase64String(FromDuckDb);
        var random = new SeededRandom(5);
        for (var i = 0; i < 300; i++)
        {
            var changed = (byte[])bytes.Clone();
            changed[random.NextBelow(changed.Length)] = (byte)random.NextBelow(256);
            try
            {
                Read(_folder.Write("c.parquet", changed), ["sentence1"], "sentence2", "label");
            }
            catch (BadInputException)
            {
            }
        }
    }

    [Fact]
    public async Task Columns_that_cannot_be_null_and_several_row_groups_are_read()
    {
        var text = new DataField<string>("text");
        var label = new DataField<int>("label");
        var score = new DataField<float>("score");
        var path = Path.Combine(_folder.Path, "own.parquet");
        await using (var stream = System.IO.File.Create(path))
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(text, label, score), stream))
            for (var group = 0; group < 2; group++)
            {
                using var rows = writer.CreateRowGroup();
                await rows.WriteAsync(text, [$"a{group}", $"b{group}"]);
                await rows.WriteAsync<int>(label, new[] { group, 7 });
                await rows.WriteAsync<float>(score, new[] { 0.1f, -1e-3f });
            }
        Assert.Equal([new("a0", null, "0"), new("b0", null, "7"), new("a1", null, "1"), new("b1", null, "7")], Read(path, ["text"], label: "label"));
        Assert.Equal(["0.1", "-0.001", "0.1", "-0.001"], Read(path, ["text"], label: "score").Select(s => s.Label));
    }
}
