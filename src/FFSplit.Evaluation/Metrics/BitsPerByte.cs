namespace FFSplit.Evaluation.Metrics;

/// <summary>The negative log likelihood in bits over the bytes of text that it is about: compares models whatever their
/// tokenizers.</summary>
public static class BitsPerByte
{
    /// <summary>nll / (ln 2 · bytes); NaN for no bytes.</summary>
    /// <param name="nll">Sum over the predicted tokens, in nats.</param>
    /// <param name="bytes">Bytes, as UTF-8, of the text that these tokens stand for.</param>
    public static double Of(double nll, long bytes) => bytes == 0 ? double.NaN : nll / (Math.Log(2) * bytes);
}
