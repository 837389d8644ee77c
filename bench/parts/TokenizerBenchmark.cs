using BenchmarkDotNet.Attributes;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Bench.Parts;

/// <summary>Text to ids.</summary>
public class TokenizerBenchmark
{
    readonly string[] _lines = Texts.Lines(256);
    ITextTokenizer? _tokenizer;

    /// <summary>A folder of test/golden/tokenizers: WordPiece and byte-level pairs.</summary>
    [Params("bert-uncased", "opt-novels")]
    public string Name { get; set; } = "";

    /// <summary>Loads it.</summary>
    [GlobalSetup]
    public void Load() => _tokenizer = TextTokenizer.Load(Path.Combine(Texts.Repository, "test", "golden", "tokenizers", Name));

    /// <summary>256 lines, each alone.</summary>
    /// <returns>Tokens.</returns>
    [Benchmark(OperationsPerInvoke = 256)]
    public int Encode() => _lines.Sum(line => _tokenizer!.Encode(line).Ids.Length);
}
