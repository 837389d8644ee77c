using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Runtime.Sessions;

/// <summary>An exported model as something that runs on batches; evaluation sees it as it sees any other.</summary>
public sealed class OnnxModel : IBatchModel
{
    const string LastHidden = "last_hidden_state", Logits = "logits", Pooled = "pooler_output", Sentence = "sentence_embedding";

    readonly ModelSession _session;
    readonly CacheShape? _cache;

    /// <summary>Loads a model file.</summary>
    /// <param name="path">Of the .onnx file.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="BadInputException">The file cannot be loaded.</exception>
    public OnnxModel(string path, RuntimeOptions? options = null)
    {
        options ??= new RuntimeOptions();
        options.Validate();
        _session = new ModelSession(path, options);
        _cache = CacheShape.Of(_session);
        foreach (var output in _session.Outputs)
            Available |= output switch
            {
                LastHidden => ModelOutputs.LastHiddenState,
                Logits when _cache is not null => ModelOutputs.Logits | ModelOutputs.NextTokenLogProbabilities,
                Logits => ModelOutputs.Logits,
                Pooled => ModelOutputs.PoolerOutput,
                Sentence => ModelOutputs.SentenceEmbedding,
                _ => ModelOutputs.None,
            };
    }

    /// <inheritdoc/>
    public ModelOutputs Available { get; }

    /// <summary>Length of a sentence embedding; null where there is none.</summary>
    public int? EmbeddingSize => Available.HasFlag(ModelOutputs.SentenceEmbedding) ? _session.Width(Sentence) : null;

    /// <summary>Whether logits come for every token: a language model.</summary>
    public bool IsTokenLevel => Available.HasFlag(ModelOutputs.Logits) && _session.Rank(Logits) == 3;

    /// <summary>Whether keys and values of earlier tokens can be handed in: a causal language model.</summary>
    public bool Generates => _cache is not null;

    internal ModelSession Session => _session;

    internal CacheShape? Cache => _cache;

    /// <inheritdoc/>
    public ModelOutput Run(Batch batch, ModelOutputs wanted) => Run(batch, wanted, CancellationToken.None);

    /// <summary>Runs the forward pass; cancelling stops it in the middle.</summary>
    /// <exception cref="BadInputException">The model does not give what is wanted.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ModelOutput Run(Batch batch, ModelOutputs wanted, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if ((wanted & ~Available) is var missing and not ModelOutputs.None)
            throw new BadInputException("The model", $"one that gives {missing}", $"one that gives {Available}",
                "Export a model with the head that this needs.");
        var names = new List<string>();
        if (wanted.HasFlag(ModelOutputs.LastHiddenState)) names.Add(LastHidden);
        if (wanted.HasFlag(ModelOutputs.Logits) || wanted.HasFlag(ModelOutputs.NextTokenLogProbabilities)) names.Add(Logits);
        if (wanted.HasFlag(ModelOutputs.PoolerOutput)) names.Add(Pooled);
        if (wanted.HasFlag(ModelOutputs.SentenceEmbedding)) names.Add(Sentence);
        using var feeds = new Feeds(_session, batch, _cache);
        using var results = _session.Run(feeds.Names, feeds.Values, names, cancellation);
        DenseArray? Of(string name) => names.IndexOf(name) is >= 0 and var i
            ? new DenseArray(results[i].GetTensorTypeAndShape().Shape, results[i].GetTensorDataAsSpan<float>().ToArray()) : null;
        return new ModelOutput
        {
            LastHiddenState = Of(LastHidden),
            Logits = wanted.HasFlag(ModelOutputs.Logits) ? Of(Logits) : null,
            PoolerOutput = Of(Pooled),
            SentenceEmbedding = Of(Sentence),
            NextTokenLogProbabilities = wanted.HasFlag(ModelOutputs.NextTokenLogProbabilities)
                ? NextTokens(results[names.IndexOf(Logits)].GetTensorDataAsSpan<float>(), batch) : null,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    static DenseArray NextTokens(ReadOnlySpan<float> logits, Batch batch)
    {
        var vocabulary = logits.Length / (batch.Rows * batch.Length);
        var result = new float[batch.Rows * (batch.Length - 1)];
        for (var row = 0; row < batch.Rows; row++)
            for (var t = 0; t < batch.Length - 1; t++)
            {
                var at = logits.Slice((row * batch.Length + t) * vocabulary, vocabulary);
                result[row * (batch.Length - 1) + t] = (float)LogProbability(at, (int)batch.InputIds[row * batch.Length + t + 1]);
            }
        return new DenseArray([batch.Rows, batch.Length - 1], result);
    }

    static float Largest(ReadOnlySpan<float> values)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values) largest = Math.Max(largest, value);
        return largest;
    }

    static double LogProbability(ReadOnlySpan<float> logits, int chosen)
    {
        var largest = Largest(logits);
        var sum = 0.0;
        foreach (var logit in logits) sum += Math.Exp(logit - largest);
        return logits[chosen] - largest - Math.Log(sum);
    }
}
