namespace FFSplit.Evaluation.Samples;

/// <summary>Random numbers that are the same in every version of .NET, unlike those of System.Random.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).</remarks>
public sealed class SeededRandom
{
    ulong _state;

    /// <summary>Starts the sequence of a seed.</summary>
    public SeededRandom(long seed) => _state = unchecked((ulong)seed);

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15UL;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number from 0 to <paramref name="below"/> − 1, each equally likely: the remainder of 64 bits, drawn again where
    /// they fall into the incomplete last run of remainders.</summary>
    /// <param name="below">At least 1.</param>
    public int NextBelow(int below)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(below, 1);
        var divisor = (ulong)below;
        var wholeRuns = ulong.MaxValue - ulong.MaxValue % divisor;
        ulong bits;
        do bits = NextBits();
        while (bits >= wholeRuns);
        return (int)(bits % divisor);
    }

    /// <summary>Fisher and Yates's shuffle, in place: from the last position down to 1, swap with a position drawn from 0
    /// to itself.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = NextBelow(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
