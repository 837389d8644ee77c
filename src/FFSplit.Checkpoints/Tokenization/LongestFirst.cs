namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Truncation of a text or a pair, the longer first (tokenizers, utils/truncation.rs).</summary>
static class LongestFirst
{
    /// <summary>The lengths to keep, together at most <paramref name="room"/>. Of two that are cut both, the second gets the odd one unless
    /// the first is longer.</summary>
    internal static (int First, int Second) Lengths(int first, int second, int room)
    {
        if ((long)first + second <= room)
            return (first, second);
        var (shorter, longer) = (Math.Min(first, second), Math.Max(first, second));
        if (2L * shorter <= room)
            longer = room - shorter;
        else
            (shorter, longer) = (room / 2, room - room / 2);
        return first > second ? (longer, shorter) : (shorter, longer);
    }
}
