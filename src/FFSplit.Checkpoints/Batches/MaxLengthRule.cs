namespace FFSplit.Checkpoints.Batches;

/// <summary>Decides how many tokens of a text are kept. The truncation that tokenizer.json carries plays no part.</summary>
public static class MaxLengthRule
{
    /// <summary>
    /// <paramref name="requested"/>, else <paramref name="maxSeqLength"/>, else the smaller of <paramref name="modelMaxLength"/> and
    /// <paramref name="positions"/>. No model runs beyond its positions, so where they are known they also bound a max_seq_length.
    /// </summary>
    /// <param name="requested">The user's --max-length; null where not given.</param>
    /// <param name="maxSeqLength">max_seq_length of sentence_bert_config.json; null where absent.</param>
    /// <param name="modelMaxLength">model_max_length of tokenizer_config.json; null where absent or so large as to mean none.</param>
    /// <param name="positions">Positions that the model can take (its table less the offset); null for no such limit.</param>
    /// <exception cref="BadUsageException">A requested length below 1 or beyond the positions, or nothing that says a length.</exception>
    public static int Choose(int? requested, int? maxSeqLength, int? modelMaxLength, int? positions)
    {
        if (requested is { } length)
        {
            if (length < 1) throw new BadUsageException($"--max-length takes a number of at least 1, not {length}.");
            if (length > positions)
                throw new BadUsageException($"--max-length {length} is beyond the {positions} positions that this model has.");
            return length;
        }
        var known = maxSeqLength ?? modelMaxLength ?? positions;
        if (known is not { } most)
            throw new BadUsageException("Neither the tokenizer nor the model says how long a text may be; give --max-length.");
        return Math.Max(1, Math.Min(most, positions ?? most));
    }
}
