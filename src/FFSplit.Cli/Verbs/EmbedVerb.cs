using System.CommandLine;
using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Cli.Rendering;
using FFSplit.Evaluation.Samples;
using FFSplit.Runtime;

namespace FFSplit.Cli.Verbs;

sealed class EmbedVerb : Verb
{
    readonly Argument<string> _model = ModelArgument("An exported sentence encoder's folder.");
    readonly Argument<string[]> _texts = new("TEXT") { Description = "Texts; none where --data is given.", Arity = ArgumentArity.ZeroOrMore };
    readonly Option<string?> _data = new("--data") { Description = "File or folder of text, JSONL, TSV, CSV or Parquet.", HelpName = "PATH" };
    readonly Option<string?> _column = new("--text") { Description = "The column of a table.", HelpName = "COLUMN" };
    readonly Option<string?> _output = new("--output", "-o") { Description = "The JSONL file to write (default: standard output).", HelpName = "FILE" };

    public EmbedVerb() : base("embed", "Turn texts into vectors with an exported sentence encoder: a JSON line for each text, on standard output with --json one list.")
    {
        Arguments.Add(_model);
        Arguments.Add(_texts);
        foreach (var option in (Option[])[_data, _column, _output]) Options.Add(option);
    }

    public override IReadOnlyList<string> Examples =>
    [
        "ffsplit embed out/minilm-onnx \"a first text\" \"and another\"",
        "ffsplit embed out/minilm-onnx --data mails.csv --text body -o mails.jsonl",
    ];

    public override int Execute(ParseResult parse, VerbContext context)
    {
        var texts = Texts(parse, context);
        var output = parse.GetValue(_output);
        if (output is not null && File.Exists(output) && !context.Force)
            throw new BadUsageException($"{output} exists already. Choose another file, or replace it with --force.");
        using var model = ExportedModel.Load(parse.GetRequiredValue(_model), new RuntimeOptions { Threads = context.Threads });
        var (vectors, usage) = new TextEmbedder(model).Embed(texts, context.Cancellation);
        if (usage.TextsCut > 0)
            context.Error.WriteLine($"note: {usage.TextsCut} of {texts.Length} texts were longer than the model's {model.MaxLength} tokens and were cut.");
        if (output is null)
        {
            Write(Console.OpenStandardOutput(), texts, vectors, context.Json);
            return ExitCodes.Fine;
        }
        AtomicFile.Write(output, stream => Write(stream, texts, vectors, list: false));
        var written = new EmbeddedTexts(output, texts.Length, vectors[0].Length);
        context.Show(written, EmbeddedJson.Default.EmbeddedTexts, [],
            console => SizesView.Line(console, $"{output}: {Text.Count(written.Texts)} vectors of {written.Dimensions}."));
        return ExitCodes.Fine;
    }

    string[] Texts(ParseResult parse, VerbContext context)
    {
        var given = parse.GetValue(_texts) ?? [];
        if (parse.GetValue(_data) is null && parse.GetValue(_column) is not null)
            throw new BadUsageException("--text: expected with --data, whose column it names, found none.");
        if (parse.GetValue(_data) is not { } path)
            return given.Length > 0 ? given : throw new BadUsageException("embed: expected texts or --data, found neither.");
        if (given.Length > 0) throw new BadUsageException("embed: texts and --data exclude each other.");
        var samples = SampleReader.Read(new DataOptions
        {
            Path = path,
            TextColumns = parse.GetValue(_column) is { } column ? [column] : [],
            Shuffle = false,
        }, context.Cancellation);
        foreach (var notice in samples.Notices) context.Error.WriteLine($"note: {notice}");
        return [.. samples.Samples.Select(s => s.Text)];
    }

    // A line for each text, or one list of the same objects.
    static void Write(Stream stream, string[] texts, IReadOnlyList<float[]> vectors, bool list)
    {
        for (var i = 0; i < texts.Length; i++)
        {
            if (list) stream.WriteByte((byte)(i == 0 ? '[' : ','));
            using (var writer = new Utf8JsonWriter(stream))
            {
                writer.WriteStartObject();
                writer.WriteString("text", texts[i]);
                writer.WriteStartArray("embedding");
                foreach (var value in vectors[i]) writer.WriteNumberValue(value);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            if (!list) stream.WriteByte((byte)'\n');
        }
        if (list) stream.Write("]\n"u8);
    }
}
