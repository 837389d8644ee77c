using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A model as a task sees it: something that runs on batches, and what its folder says about texts. Owned by the caller.</summary>
/// <param name="Name">What the user calls it: the path, or a short form of it.</param>
/// <param name="Model">Dense or split, on any runtime.</param>
/// <param name="Tokenizer">The tokenizer of the same folder.</param>
/// <param name="MaxLength">Most tokens of a text; see <see cref="MaxLengthRule"/>.</param>
/// <param name="Preparation">Done to sentences before they are embedded; null for a folder without sentence-transformers files.</param>
public sealed record EvaluatedModel(
    string Name, IBatchModel Model, ITextTokenizer Tokenizer, int MaxLength, TextPreparation? Preparation = null)
{
    /// <summary>The names of a classifier's outputs (id2label of config.json); null where the config gives none.</summary>
    public IReadOnlyDictionary<int, string>? Labels { get; init; }
}
