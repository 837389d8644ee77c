using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Exports;
using FFSplit.Evaluation.Tasks;
using FFSplit.Experiments.Timing;
using FFSplit.Runtime.Generation;
using FFSplit.Runtime.Sessions;

namespace FFSplit.Experiments.Benching;

/// <summary>
/// A prompt, then token after token with the keys and values of the earlier ones. The tokens are drawn beforehand, so that all models do
/// the same, whatever each would have said.
/// </summary>
sealed class DecodeTurns : BenchTurns
{
    // Looked at, not timed.
    const int Checked = 3;

    readonly int _rounds;
    readonly Batch _tokens;
    readonly List<DecodingRun> _runs = [];
    readonly List<float[]> _logits = [];
    readonly List<float[]> _withoutCache = [];
    readonly int[] _at;

    /// <summary>Runs each model over the prompt and a few tokens, and over all of them at once without a cache.</summary>
    public DecodeTurns(IReadOnlyList<EvaluatedModel> models, int rows, int length, int rounds, CancellationToken cancellation)
    {
        _rounds = rounds;
        _tokens = RandomBatch.Of(rows, Needed(length, rounds), models.Min(m => m.Tokenizer.VocabularySize));
        _at = [.. models.Select(_ => length + Checked)];
        try
        {
            foreach (var model in models)
            {
                var run = new DecodingRun((OnnxModel)model.Model, rows);
                _runs.Add(run);
                float[][] steps = [run.Run(Columns(0, length), cancellation),
                    .. Enumerable.Range(length, Checked).Select(t => run.Run(Columns(t, 1), cancellation))];
                _logits.Add([.. steps.SelectMany(s => s)]);
                _withoutCache.Add(WholeRun((OnnxModel)model.Model, length, cancellation));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Actions = [.. _runs.Select((run, i) => (Action)(() => run.Run(Columns(_at[i]++, 1), cancellation)))];
    }

    /// <summary>Fails where a folder holds no model that could be used, as far as that shows before any is loaded.</summary>
    /// <exception cref="BadUsageException">Names it.</exception>
    public static void RequireExport(string folder)
    {
        // What is not there at all is reported by who opens it.
        if (Directory.Exists(folder) && !ExportRecord.IsIn(folder))
            throw Refusal($"{folder}, a model that is not exported", "Write one with ffsplit export");
    }

    /// <summary>Fails where a model is no decoder, or too short.</summary>
    /// <exception cref="BadUsageException">Names it.</exception>
    public static void Require(EvaluatedModel model, int length, int rounds)
    {
        if (model.Model is not OnnxModel { Generates: true }) throw Refusal($"{model.Name}, which takes no such cache", "Name decoders");
        if (Needed(length, rounds) is var needed && needed > model.MaxLength)
            throw new BadUsageException($"--length {length} with --rounds {rounds}: expected at most {model.MaxLength} tokens, which "
                + $"{model.Name} takes, found {needed} with those that are looked at first. Choose a smaller number.");
    }

    public override IReadOnlyList<Action> Actions { get; }

    public override long Tokens => _tokens.Rows;

    // At the middle of the timed stretch.
    public override long MultiplyAccumulates(RunCounts counts) => counts.MultiplyAccumulates(_tokens.Rows, 1, _tokens.Length - _rounds / 2);

    public override double? Agreement(int model)
        => _logits[0].Length == _logits[model].Length ? MeanCosine(_logits[0], _logits[model], Width(_logits[0])) : null;

    public override double? CacheAgreement(int model) => MeanCosine(_logits[model], _withoutCache[model], Width(_logits[model]));

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var run in _runs) run.Dispose();
    }

    // Prompt, tokens looked at, one to warm up, and those that are timed.
    static int Needed(int length, int rounds) => length + Checked + 1 + rounds;

    static BadUsageException Refusal(string found, string remedy) => new(
        $"--decode: expected exported causal language models, which keep keys and values of earlier tokens, found {found}. "
            + $"{remedy}, or leave --decode out.");

    int Width(float[] logits) => logits.Length / (_tokens.Rows * (Checked + 1));

    int[] Columns(int from, int count)
        => [.. Enumerable.Range(0, _tokens.Rows)
            .SelectMany(row => _tokens.InputIds.Skip(row * _tokens.Length + from).Take(count)).Select(id => (int)id)];

    // The logits after the prompt and after each token that is looked at, in the order in which the cached run gives them.
    float[] WholeRun(OnnxModel model, int length, CancellationToken cancellation)
    {
        var (rows, all) = (_tokens.Rows, length + Checked);
        long[] ids = [.. Columns(0, all).Select(id => (long)id)];
        var batch = new Batch(rows, all, ids, [.. Enumerable.Repeat(1L, ids.Length)]);
        var logits = model.Run(batch, ModelOutputs.Logits, cancellation).Logits!;
        var width = (int)logits.Shape[^1];
        var result = new List<float>();
        for (var t = length - 1; t < all; t++)
            for (var row = 0; row < rows; row++)
                result.AddRange(logits.Values.AsSpan((row * all + t) * width, width));
        return [.. result];
    }
}
