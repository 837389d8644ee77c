using System.Diagnostics;
using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tables;

namespace FFSplit.Evaluation.Tasks;

/// <summary>STS-B: how well the cosine of two sentences' embeddings follows what people say about their likeness. No training.</summary>
/// <remarks>
/// Reads sentence1, sentence2 and score of a table, or the columns that --text, --text-pair and --label name. Of a folder that holds
/// dev.tsv, only that is read: the dev split judges, the train split calibrates. <see cref="DataOptions.MaxSamples"/> takes so
/// many pairs, drawn by the seed; <see cref="DataOptions.Distinct"/> plays no part.
/// </remarks>
public sealed class StsBenchmarkTask : IEvaluationTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "sts-b";
    internal const string Summary = "Spearman × 100 of the cosine of sentence embeddings against people's scores (STS-B).";

    readonly IReadOnlyList<Sample> _pairs;
    readonly double[] _scores;
    readonly BatchOptions _batches;

    /// <summary>Reads the pairs.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, a score that isn't a number, fewer than two pairs.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public StsBenchmarkTask(TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var data = options.Data;
        data.Validate();
        TaskErrors.RefuseLabelMap(options, TaskName);
        TaskErrors.RefuseWindows(options, TaskName);
        _batches = options.Batches ?? new BatchOptions();
        _batches.Validate();
        if (data.TextColumns.Count > 0 && data.TextPairColumn is null)
            throw new BadUsageException($"The task {TaskName} needs --text and --text-pair, or neither.");
        var first = data.TextColumns is [var named] ? named : "sentence1";
        string[] columns = [first, data.TextPairColumn ?? "sentence2", data.LabelColumn ?? "score"];

        var pairs = new List<Sample>();
        foreach (var file in SplitFile.FindAll(data.Path, "dev.tsv", GlueSplit.Dev, []))
        {
            foreach (var row in Table.Open(file).Select(columns))
            {
                cancel.ThrowIfCancellationRequested();
                // Checked here, where the line is still known.
                if (!TryScore(row.Values[2], out _)) throw DataErrors.NotANumber(file, row.Line, columns[2], row.Values[2]);
                pairs.Add(new Sample(row.Values[0], row.Values[1], row.Values[2]));
            }
        }
        _pairs = data.MaxSamples is { } most ? SampleSelection.Choose(pairs, most, data.Seed) : pairs;
        if (_pairs.Count < 2)
            throw new BadInputException(data.Path, "at least two pairs of sentences", $"{_pairs.Count}", "Give a file with more rows.");
        _scores = [.. _pairs.Select(p => TryScore(p.Label!, out var score) ? score : double.NaN)];
        if (_scores.Distinct().Count() < 2) throw DataErrors.OneScore(data.Path);
    }

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Metric => "spearman";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <summary>How many pairs of sentences were read.</summary>
    public int PairCount => _pairs.Count;

    /// <inheritdoc/>
    public void Require(string model, ModelOutputs available)
        => TaskErrors.Require(model, Name, ModelOutputs.SentenceEmbedding, available,
            "Give a sentence encoder (a folder with modules.json), or use the task glue-sts-b for a trained regression head.");

    /// <inheritdoc/>
    public ITaskRun Run(EvaluatedModel model, RunOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Require(model.Name, model.Model.Available);
        var watch = Stopwatch.StartNew();

        // Many sentences stand in several pairs; each is embedded once.
        var position = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var pair in _pairs)
        {
            position.TryAdd(pair.Text, position.Count);
            position.TryAdd(pair.Pair!, position.Count);
        }
        string[] sentences = [.. position.OrderBy(p => p.Value).Select(p => p.Key)];
        var (vectors, tokens) = SentenceEmbedder.Embed(model, sentences, _batches, options?.Progress, cancel);
        double[] cosines = [.. _pairs.Select(p => Cosine.Similarity(vectors[position[p.Text]], vectors[position[p.Pair!]]))];
        return new StsBenchmarkRun(this, model, vectors, cosines, _scores, tokens, watch.Elapsed.TotalSeconds);
    }

    static bool TryScore(string text, out double score) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out score) && double.IsFinite(score);
}
