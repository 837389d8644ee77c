using System.Diagnostics;
using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tasks;

/// <summary>LAMBADA (Paperno et al., "The LAMBADA dataset: Word prediction requiring a broad discourse context", 2016): how often a
/// causal model's likeliest tokens are the last word of a passage.</summary>
/// <remarks>
/// A line of plain text, or the column text of JSONL and other tables, is a passage; its last word is what stands after the last white
/// space.
/// An answer is right where every token of the word is the likeliest after those before it. No special token is put in front; of a passage
/// longer than the model takes, the end is kept.
/// </remarks>
public sealed class LambadaTask : IEvaluationTask
{
    internal const string TaskName = "lambada";
    internal const string Summary = "Accuracy × 100 of a causal model on the last word of passages (LAMBADA).";

    // All logits of a batch are one array of tokens × vocabulary.
    static readonly BatchOptions s_batches = new() { MaxTokens = 1024 };

    readonly List<string> _passages;
    readonly List<string> _notices;
    readonly BatchOptions _batches;

    /// <summary>Reads the passages.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, or no passage of two words.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public LambadaTask(TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        TaskErrors.RefuseLabelMap(options, TaskName);
        TaskErrors.RefuseWindows(options, TaskName);
        _batches = options.Batches ?? s_batches;
        _batches.Validate();
        // Without a bound the order is the data's.
        var read = SampleReader.Read(options.Data with { Shuffle = options.Data.MaxSamples is not null }, cancel);
        var texts = read.Samples.Select(s => s.Text.Trim()).ToList();
        _passages = [.. texts.Where(t => LastSpace(t) > 0)];
        _notices = [.. read.Notices];
        if (_passages.Count == 0)
            throw new BadInputException(
                options.Data.Path, "passages of at least two words", "none", "Give a file of passages, one a line.");
        if (_passages.Count < texts.Count)
            _notices.Add(string.Create(CultureInfo.InvariantCulture,
                $"{texts.Count - _passages.Count} passages of a single word were left out."));
    }

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Metric => "accuracy";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <inheritdoc/>
    public void Require(string model, ModelOutputs available)
        => TaskErrors.Require(model, Name, ModelOutputs.NextTokenLogProbabilities | ModelOutputs.Logits, available,
            "Give a causal language model.");

    /// <inheritdoc/>
    public ITaskRun Run(EvaluatedModel model, RunOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new RunOptions();
        Require(model.Name, model.Model.Available);
        var watch = Stopwatch.StartNew();
        var encoded = new TokenizedText[_passages.Count];
        var targets = new int[encoded.Length];
        for (var i = 0; i < encoded.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            (encoded[i], targets[i]) = Encode(model, _passages[i]);
        }

        var first = options.First as LambadaRun;
        var probe = first is not null ? first.SawTheSame(encoded) && first.Probe is not null ? new VocabularyProbe(first.Probe) : null
            : options.WillBeCompared ? new VocabularyProbe(encoded.Length, model.Tokenizer.VocabularySize) : null;
        var right = new bool[encoded.Length];
        var nll = new double[encoded.Length];
        long done = 0;
        var bounds = TokenLogits.Bounds(_batches, model);
        foreach (var (batch, indices) in BatchBuilder.Pack(encoded, bounds, model.Tokenizer.PadId, withTypeIds: false))
        {
            cancel.ThrowIfCancellationRequested();
            var logits = model.Model.Run(batch, ModelOutputs.Logits).Logits;
            for (var row = 0; row < indices.Length; row++)
            {
                var passage = indices[row];
                right[passage] = true;
                for (var t = targets[passage]; t < encoded[passage].Ids.Length; t++)
                {
                    var at = TokenLogits.At(model, logits, batch, row, t - 1);
                    var token = encoded[passage].Ids[t];
                    right[passage] &= Divergence.Largest(at) == token;
                    nll[passage] += Divergence.LogSumExp(at) - at[token];
                    // The word's first token stands for the passage.
                    if (t == targets[passage] && probe is not null)
                        foreach (var (index, _) in probe.Within(passage, passage + 1)) probe.Take(index, at);
                }
            }
            done += batch.Rows;
            options.Progress?.Report(new ProgressReport("asking for last words", done, encoded.Length));
        }
        return new LambadaRun(this, model, encoded, right, nll, probe, _notices, watch.Elapsed.TotalSeconds);
    }

    /// <summary>The passage's tokens and where those of its last word begin: at the first token that the passage without it does not
    /// have.</summary>
    static (TokenizedText Text, int Target) Encode(EvaluatedModel model, string passage)
    {
        var ids = model.Tokenizer.Encode(passage, addSpecialTokens: false).Ids;
        var before = model.Tokenizer.Encode(passage[..LastSpace(passage)].TrimEnd(), addSpecialTokens: false).Ids;
        var target = ids.AsSpan().CommonPrefixLength(before);
        var cut = Math.Max(0, ids.Length - model.MaxLength);
        ids = ids[cut..];
        target -= cut;
        if (target < 1 || target >= ids.Length)
            throw new BadInputException($"a passage that ends with '{passage[^Math.Min(passage.Length, 30)..]}'",
                "tokens of a last word and at least one before it",
                $"{ids.Length} tokens, the word's first at {target}", "Leave the passage out, or give a larger --max-length.");
        return (new TokenizedText(ids, new int[ids.Length]), target);
    }

    static int LastSpace(string text)
    {
        for (var i = text.Length - 1; i > 0; i--)
            if (char.IsWhiteSpace(text[i])) return i;
        return -1;
    }
}
