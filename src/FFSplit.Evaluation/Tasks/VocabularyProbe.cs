using FFSplit.Evaluation.Metrics;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Holds a language model's distributions over the vocabulary against another's, at a sample of the predictions.</summary>
/// <remarks>All distributions of a text do not fit into memory (16,320 predictions of 50,272 ids are 3.3 GB), and two models side by side
/// take twice the memory of one. So the first model's log probabilities are kept at as many predictions as make <see cref="MostValues"/>
/// values (256 MB), at even distances over all of them, and the later models are held against it exactly there.</remarks>
sealed class VocabularyProbe
{
    /// <summary>Values kept of the first model.</summary>
    public const long MostValues = 64 << 20;

    readonly int[] _places;
    readonly float[][] _kept;
    readonly VocabularyProbe? _first;
    double _divergence;
    long _agreed, _seen;
    bool _alike = true;

    /// <summary>Of the first model.</summary>
    /// <param name="predictions">How many predictions count.</param>
    /// <param name="vocabulary">Values of one distribution.</param>
    /// <param name="mostValues">Bounds what is kept.</param>
    public VocabularyProbe(int predictions, int vocabulary, long mostValues = MostValues)
    {
        var count = (int)Math.Clamp(mostValues / Math.Max(1, vocabulary), 1, Math.Max(1, predictions));
        _places = new int[Math.Min(count, predictions)];
        for (var i = 0; i < _places.Length; i++) _places[i] = (int)((long)i * predictions / _places.Length);
        _kept = new float[_places.Length][];
    }

    /// <summary>Of a later model, at the same places.</summary>
    public VocabularyProbe(VocabularyProbe first) => (_first, _places, _kept) = (first, first._places, []);

    /// <summary>The places looked at from one prediction to before another, as positions in all places.</summary>
    public IEnumerable<(int Index, int Prediction)> Within(int from, int to)
    {
        var index = Array.BinarySearch(_places, from);
        if (index < 0) index = ~index;
        for (; index < _places.Length && _places[index] < to; index++) yield return (index, _places[index]);
    }

    /// <summary>Takes the model's logits at a place.</summary>
    public void Take(int index, ReadOnlySpan<float> logits)
    {
        if (_first is null)
        {
            _kept[index] = Divergence.LogProbabilities(logits);
            return;
        }
        var before = _first._kept[index];
        if (before.Length != logits.Length)
        {
            _alike = false;
            return;
        }
        _divergence += Divergence.KullbackLeibler(before, logits);
        var mine = Divergence.Largest(logits);
        if (mine >= 0 && mine == Divergence.Largest(before)) _agreed++;
        _seen++;
    }

    /// <summary>How near the later model is to the first; null for the first itself and for another vocabulary.</summary>
    public Fidelity? Fidelity => _first is null || !_alike || _seen == 0 ? null
        : new Fidelity { KlDivergence = _divergence / _seen, Agreement = 100.0 * _agreed / _seen, Count = _seen };
}
