using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>
/// Tokens that were hidden (Devlin and others, "BERT", 2019): 15 % of them, drawn anew each time; of those 80 % become the mask token, 10 %
/// a random one, 10 % stay as they are.
/// </summary>
/// <param name="padding">How rows are padded.</param>
/// <param name="maskId">The mask token.</param>
/// <param name="specialIds">Ids that are never hidden nor drawn.</param>
/// <param name="vocabulary">Ids are drawn below it.</param>
public sealed class MaskedLanguageObjective(Padding padding, int maskId, IReadOnlyCollection<int> specialIds, int vocabulary) : IObjective
{
    /// <summary>Its name.</summary>
    public const string TaskName = "masked-lm";

    const int Hundred = 100, Hidden = 15, Masked = 80, Random = 10;

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public int DefaultBatchSize => 32;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics => LanguageModelOutputs.Metrics;

    /// <inheritdoc/>
    public bool Distribution => true;

    /// <inheritdoc/>
    public IEnumerable<WeightBinding> Used(Architecture architecture) => architecture.Bindings;

    /// <inheritdoc/>
    public TaskBatch Batch(IReadOnlyList<Example> examples, long seed)
    {
        var random = new SeededRandom(seed);
        var (positions, targets) = (new List<long>(), new List<double>());
        var texts = new TokenizedText[examples.Count];
        var length = examples.Max(e => e.Text.Ids.Length);
        for (var row = 0; row < texts.Length; row++)
        {
            var text = examples[row].Text;
            int[] ids = [.. text.Ids];
            var candidates = Enumerable.Range(0, ids.Length).Where(i => !specialIds.Contains(ids[i])).ToArray();
            random.Shuffle<int>(candidates);
            // At least one of a row that has any, so that every row teaches something.
            foreach (var i in candidates.Take(Math.Max(1, (candidates.Length * Hidden + Hundred / 2) / Hundred)).Order())
            {
                positions.Add((long)row * length + i);
                targets.Add(ids[i]);
                var draw = random.NextBelow(Hundred);
                if (draw < Masked) ids[i] = maskId;
                else if (draw < Masked + Random) ids[i] = random.NextBelow(vocabulary);
            }
            texts[row] = text with { Ids = ids };
        }
        return new TaskBatch(padding.Pack(texts), [.. targets], [.. positions]);
    }

    /// <inheritdoc/>
    public Tensor Outputs(ModelPass pass, TaskBatch batch) => LanguageModelOutputs.Logits(pass, batch);

    /// <inheritdoc/>
    public Tensor Loss(Tensor outputs, TaskBatch batch) => LanguageModelOutputs.Loss(outputs, batch);

    /// <inheritdoc/>
    public IEnumerable<double[]> Remember(Tensor outputs) => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Judge(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets, double meanLoss)
        => LanguageModelOutputs.Perplexity(meanLoss);
}
