using FFSplit.Evaluation.Samples;

namespace FFSplit.Modeling.Training.Data;

/// <summary>Seeds of a run's random choices, each a function of the run's seed, a purpose and a number: nothing has to be remembered to go
/// on.</summary>
static class Seeds
{
    public const long Order = 1, Dropout = 2, Mask = 3, Split = 4, Head = 5;

    public static long Of(long seed, long purpose, long number = 0)
    {
        var mixed = (long)new SeededRandom(seed).NextBits();
        mixed = (long)new SeededRandom(unchecked(mixed ^ purpose)).NextBits();
        return (long)(new SeededRandom(unchecked(mixed ^ number)).NextBits() >> 1);
    }
}
