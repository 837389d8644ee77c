using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Quantization;

/// <summary>
/// Weights that learn on the way what each product's inputs are like: Σ x xᵀ over fitted and over held-out tokens, float64, and the range of
/// all. Matrices that are given the same tensor share one record.
/// </summary>
sealed class InputMoments(IWeightSource weights) : IWeightSource, IDisposable
{
    readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);
    (Tensor Input, Record Record)? _last;

    public Tensor this[WeightBinding binding] => weights[binding];

    /// <summary>Positions of the real tokens in the batch that is running: those to fit and those to judge by.</summary>
    public (long[] Fitted, long[] HeldOut) Tokens { get; set; } = ([], []);

    public Tensor Product(Tensor x, WeightBinding weight, WeightBinding? bias = null)
    {
        if (_last is { } last && ReferenceEquals(last.Input, x)) _records[weight.Name] = last.Record;
        else
        {
            if (!_records.TryGetValue(weight.Name, out var record)) _records.Add(weight.Name, record = new Record((int)x.shape[^1]));
            record.Add(x, Tokens.Fitted, Tokens.HeldOut);
            _last = (x, record);
        }
        return weights.Product(x, weight, bias);
    }

    /// <summary>What was learnt of the inputs of a tensor's products.</summary>
    public Record Of(string tensor) => _records[tensor];

    public void Dispose()
    {
        foreach (var record in _records.Values.Distinct()) record.Dispose();
    }

    /// <summary>The inputs of one matrix, or of several that share them.</summary>
    public sealed class Record : IDisposable
    {
        readonly int _width;
        readonly Lazy<ErrorFeedback.Spread?> _spread;

        public Record(int width)
        {
            _width = width;
            Fitted = Zeros(width);
            HeldOut = Zeros(width);
            _spread = new Lazy<ErrorFeedback.Spread?>(() => ErrorFeedback.Of(Fitted));
        }

        /// <summary>Σ x xᵀ over the tokens that are fitted.</summary>
        public Tensor Fitted { get; }

        /// <summary>Σ x xᵀ over the tokens that judge.</summary>
        public Tensor HeldOut { get; }

        /// <summary>How errors at these inputs are spread, made when it is first asked for; null where they do not allow it.</summary>
        public ErrorFeedback.Spread? Spread => _spread.Value;

        /// <summary>Of all real tokens.</summary>
        public InputRange Range { get; set; } = new(float.PositiveInfinity, float.NegativeInfinity);

        public void Add(Tensor x, long[] fitted, long[] heldOut)
        {
            using var scope = NewDisposeScope();
            var rows = x.reshape(-1, _width);
            Add(Fitted, rows, fitted);
            Add(HeldOut, rows, heldOut);
        }

        void Add(Tensor sum, Tensor rows, long[] tokens)
        {
            if (tokens.Length == 0) return;
            var real = rows.index_select(0, tensor(tokens));
            Range = new InputRange(Math.Min(Range.Least, real.min().item<float>()), Math.Max(Range.Largest, real.max().item<float>()));
            var wide = real.to(ScalarType.Float64);
            sum.addmm_(wide.t(), wide, 1, 1);
        }

        public void Dispose()
        {
            Fitted.Dispose();
            HeldOut.Dispose();
        }

        static Tensor Zeros(int width) => zeros([width, width], dtype: ScalarType.Float64).DetachFromDisposeScope();
    }
}
