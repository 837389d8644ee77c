namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Turns the matches of a pattern into pieces, by the five behaviours of Hugging Face's Split.</summary>
static class PieceCutter
{
    /// <summary>The ranges that remain, none of them empty, in order.</summary>
    /// <param name="matches">Ranges of the text in order, not overlapping.</param>
    /// <param name="length">Length of the text.</param>
    /// <param name="behavior">What becomes of the matches.</param>
    /// <param name="invert">Takes what lies between the matches for the matches.</param>
    internal static IReadOnlyList<(int Start, int End)> Cut(
        List<(int Start, int End)> matches, int length, SplitBehavior behavior, bool invert)
    {
        var all = new List<(int Start, int End, bool IsMatch)>(2 * matches.Count + 1);
        var last = 0;
        foreach (var (start, end) in matches)
        {
            if (start > last)
                all.Add((last, start, invert));
            all.Add((start, end, !invert));
            last = end;
        }
        if (length > last)
            all.Add((last, length, invert));
        if (behavior == SplitBehavior.MergedWithNext)
            all.Reverse();
        var result = new List<(int Start, int End)>(all.Count);
        var previous = false;
        foreach (var (start, end, isMatch) in all)
        {
            var merges = result.Count > 0 && behavior switch
            {
                SplitBehavior.Contiguous => isMatch == previous,
                SplitBehavior.MergedWithPrevious or SplitBehavior.MergedWithNext => isMatch && !previous,
                _ => false,
            };
            if (merges)
                result[^1] = (Math.Min(start, result[^1].Start), Math.Max(end, result[^1].End));
            else if (behavior != SplitBehavior.Removed || !isMatch)
                result.Add((start, end));
            previous = isMatch;
        }
        if (behavior == SplitBehavior.MergedWithNext)
            result.Reverse();
        result.RemoveAll(range => range.End == range.Start);
        return result;
    }
}
