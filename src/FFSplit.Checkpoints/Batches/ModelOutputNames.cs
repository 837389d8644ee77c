namespace FFSplit.Checkpoints.Batches;

/// <summary>A model's outputs in words.</summary>
public static class ModelOutputNames
{
    /// <summary>For messages: "sentence embeddings, hidden states"; "nothing" for none.</summary>
    public static string Describe(this ModelOutputs outputs)
    {
        var names = new List<string>();
        if (outputs.HasFlag(ModelOutputs.SentenceEmbedding)) names.Add("sentence embeddings");
        if (outputs.HasFlag(ModelOutputs.NextTokenLogProbabilities)) names.Add("next-token probabilities");
        if (outputs.HasFlag(ModelOutputs.Logits)) names.Add("logits");
        if (outputs.HasFlag(ModelOutputs.PoolerOutput)) names.Add("a pooled output");
        if (outputs.HasFlag(ModelOutputs.LastHiddenState)) names.Add("hidden states");
        return names.Count == 0 ? "nothing" : string.Join(", ", names);
    }
}
