using FFSplit.Checkpoints.Batches;
using FFSplit.Onnx.Exporting;

namespace FFSplit.Tests.Onnx;

/// <summary>One graph reads a prompt with an empty cache and goes on with a filled one; where the padding is makes no difference.</summary>
public class DecodingTest
{
    static readonly string[] Decoders =
    [
        "opt-lm", "opt-350m-style-lm", "gpt2-lm", "gpt-neo-lm", "gpt-neox-lm", "llama-lm", "mistral-lm", "qwen2-lm", "more-llama-llama3",
        "more-qwen2-yarn-window", "more-opt-plain-norms",
    ];

    static readonly string[] Encoders = ["bert-mlm", "roberta-classifier", "distilbert-classifier", "electra-classifier", "mpnet-model"];

    public static TheoryData<string, string> DecoderCases => Cases(Decoders);

    public static TheoryData<string, string> EncoderCases => Cases(Encoders);

    [Theory, MemberData(nameof(DecoderCases))]
    public void With_a_cache_token_by_token_as_without(string name, string target)
    {
        using var model = Export(name, target);
        var ids = Ids(name, 0);
        var whole = model.Run(Single(ids))["logits"];
        var width = (int)whole.Shape[^1];
        Dictionary<string, DenseArray>? past = null;
        var done = 0;
        foreach (var step in new[] { 6, 3, 1, 1, 1, ids.Length - 12 })
        {
            past = model.Run(new Batch(1, step, ids[done..(done + step)], Ones(done + step)), past);
            Same(whole.Values[(done * width)..((done + step) * width)], past["logits"].Values);
            done += step;
        }
        Assert.Equal(ids.Length, done);
    }

    [Theory, MemberData(nameof(DecoderCases))]
    public void Padding_on_the_left_or_right_changes_no_real_token(string name, string target)
    {
        using var model = Export(name, target);
        long[][] texts = [Ids(name, 0), Ids(name, 0)[4..9], Ids(name, 0)[2..14]];
        var length = texts.Max(t => t.Length);
        foreach (var left in new[] { true, false })
        {
            var padded = model.Run(Padded(texts, length, left));
            var width = (int)padded["logits"].Shape[^1];
            for (var row = 0; row < texts.Length; row++)
            {
                var start = row * length + (left ? length - texts[row].Length : 0);
                Same(model.Run(Single(texts[row]))["logits"].Values,
                    padded["logits"].Values[(start * width)..((start + texts[row].Length) * width)]);
            }
            if (!left) continue;
            // As generating goes on: one more token for each row.
            long[] next = [5, 6, 7];
            long[] mask = [.. texts.SelectMany(t => new long[length - t.Length].Concat(Ones(t.Length + 1)))];
            var further = model.Run(new Batch(3, 1, next, mask), padded)["logits"].Values;
            for (var row = 0; row < texts.Length; row++)
                Same(model.Run(Single([.. texts[row], next[row]]))["logits"].Values[^width..], further[(row * width)..((row + 1) * width)]);
        }
    }

    [Theory, MemberData(nameof(EncoderCases))]
    public void An_encoder_gives_a_padded_text_what_it_gives_it_alone(string name, string target)
    {
        using var model = Export(name, target);
        long[][] texts = [Ids(name, 0), Ids(name, 0)[..5], Ids(name, 0)[..12]];
        var length = texts.Max(t => t.Length);
        var padded = model.Run(Padded(texts, length, left: false));
        var output = model.Outputs[0];
        var perRow = padded[output].Values.Length / texts.Length;
        for (var row = 0; row < texts.Length; row++)
        {
            var alone = model.Run(Single(texts[row]))[output].Values;
            Same(alone, padded[output].Values[(row * perRow)..(row * perRow + alone.Length)]);
        }
    }

    static TheoryData<string, string> Cases(IEnumerable<string> names)
    {
        var data = new TheoryData<string, string>();
        foreach (var name in names)
            foreach (var target in OnnxExportOptions.Targets) data.Add(name, target);
        return data;
    }

    static string Folder(string name) => name.StartsWith("more-", StringComparison.Ordinal)
        ? Path.Combine(TestFolders.Repository, "test", "golden", name) : TestFolders.RequireGolden(name);

    static ExportedGraph Export(string name, string target) => new(Folder(name), target);

    // The first row is whole; none of its ids is the padding id, which some families count positions by.
    static long[] Ids(string name, int row)
    {
        using var stored = new StoredOutputs(Folder(name));
        return stored.Batch.InputIds[(row * stored.Batch.Length)..((row + 1) * stored.Batch.Length)];
    }

    static Batch Single(long[] ids) => new(1, ids.Length, ids, Ones(ids.Length));

    static Batch Padded(long[][] texts, int length, bool left)
    {
        IEnumerable<long> Pad(long[] text, long with, bool mask)
        {
            var content = mask ? Ones(text.Length) : text;
            var padding = Enumerable.Repeat(with, length - text.Length);
            return left ? padding.Concat(content) : content.Concat(padding);
        }
        return new Batch(texts.Length, length, [.. texts.SelectMany(t => Pad(t, 1, mask: false))],
            [.. texts.SelectMany(t => Pad(t, 0, mask: true))]);
    }

    static long[] Ones(int count) => [.. Enumerable.Repeat(1L, count)];

    static void Same(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var range = expected.Max() - expected.Min();
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= 1e-5 * range, $"largest difference {worst}, allowed {1e-5 * range}");
    }
}
