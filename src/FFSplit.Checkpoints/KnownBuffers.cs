namespace FFSplit.Checkpoints;

/// <summary>Tensors that old versions of transformers stored and that the forward pass computes by itself.</summary>
static class KnownBuffers
{
    static readonly string[] Suffixes =
        [".embeddings.position_ids", ".embeddings.token_type_ids", ".attn.bias", ".attn.masked_bias", ".attention.bias", ".attention.masked_bias", ".inv_freq", ".rotary_emb.cos_cached", ".rotary_emb.sin_cached"];

    public static bool Contains(string name) => Suffixes.Any(s => name.EndsWith(s, StringComparison.Ordinal));
}
