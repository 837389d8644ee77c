using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>
/// Refits the matrices at an FFN's output (heavy V, the light part's last factors, the bias) so that its output is what the dense stream
/// needs: y* = dense sum − split residual. Features are the FFN's own hidden values on the split stream, so that what went wrong in earlier
/// blocks and in attention is made up for too.
/// </summary>
sealed class BlockRepair : IDisposable
{
    // float64 features of so many tokens at a time.
    const int TokensPerChunk = 1024;

    readonly FeedForward _split;
    readonly SplitTensors _raw;
    readonly TensorSource _weights;
    readonly NormalEquations _fit;
    readonly NormalEquations _heldOut;
    readonly int _heavy;
    readonly int _bias;
    readonly int _free;

    /// <param name="split">The FFN; without an output bias it is fitted without one.</param>
    /// <param name="raw">Its tensors as stored.</param>
    public BlockRepair(FeedForward split, SplitTensors raw)
    {
        (_split, _raw) = (split, raw);
        _weights = new TensorSource(raw.Tensors.Values);
        _heavy = split.HeavyCount;
        _bias = split.OutputBias is null ? 0 : 1;
        var light = split.Light switch
        {
            LightPart.None => 0,
            LightPart.Linear => split.HiddenSize,
            _ => split.LightCount,
        };
        // Neurons that are kept whole are fitted freely, whether they are called heavy or light.
        _free = _heavy + _bias + (split.Light is LightPart.Dense ? light : 0);
        Features = _heavy + _bias + light;
        _fit = new NormalEquations(Features, split.HiddenSize);
        _heldOut = new NormalEquations(Features, split.HiddenSize);
    }

    /// <summary>Unknowns of each output.</summary>
    public int Features { get; }

    /// <summary>Tokens that the fit has seen.</summary>
    public long Tokens => _fit.Tokens;

    /// <summary>Adds a batch.</summary>
    /// <param name="input">The FFN's input on the split stream, (rows × length × d).</param>
    /// <param name="target">y*, same shape.</param>
    /// <param name="fitted">Indices of tokens to fit, in the flattened batch.</param>
    /// <param name="heldOut">Indices of tokens to judge by.</param>
    public void Add(Tensor input, Tensor target, long[] fitted, long[] heldOut)
    {
        Add(_fit, input, target, fitted);
        Add(_heldOut, input, target, heldOut);
    }

    /// <summary>Solves, rounds as stored, and chooses by the held-out tokens.</summary>
    /// <param name="dense">V of the light neurons in the dense model (light × d), float64, towards which the ridge pulls; null where there
    /// is none.</param>
    /// <param name="options">Ridges.</param>
    /// <returns>The tensors to write, and what was done.</returns>
    public RepairedBlock Solve(Tensor? dense, RepairOptions options)
    {
        using var scope = NewDisposeScope();
        var raw = Stacked(_weights, rawLight: true, null);
        var before = _heldOut.Tokens == 0 ? double.NaN : _heldOut.RelativeError(raw);
        var best = new LayerRepair(before, before, false, 0, Features, _fit.Tokens, _heldOut.Tokens, false);
        var chosen = _raw;
        if (_heldOut.Tokens == 0 || _fit.Tokens == 0) return new RepairedBlock(chosen, best);
        var original = Stacked(_weights, rawLight: false, dense);
        var diagonal = _fit.Gram.diagonal();
        var few = _fit.Tokens < (long)options.TokensPerFeature * Features;
        foreach (var ridge in few ? options.Ridges.Concat(options.StrongRidges) : options.Ridges)
        {
            using var inner = NewDisposeScope();
            // The bias is an intercept: pulling it anywhere would only shift the mean.
            var weights = cat([Scale(diagonal, 0, _heavy, ridge), zeros(_bias, dtype: ScalarType.Float64),
                Scale(diagonal, _heavy + _bias, Features - _heavy - _bias, ridge)]);
            using var solution = PartialReducedRank.Solve(_fit, _free, _split.Light.Rank, original, weights);
            var tensors = Round(solution);
            using var stored = new TensorSource(tensors.Values);
            var after = _heldOut.RelativeError(Stacked(stored, rawLight: true, null));
            if (!(after < best.After)) continue;
            best = best with { After = after, Kept = true, Ridge = ridge, Floored = solution.Floored };
            chosen = _raw with { Tensors = tensors };
        }
        return new RepairedBlock(chosen, best);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _weights.Dispose();
        _fit.Dispose();
        _heldOut.Dispose();
    }

    void Add(NormalEquations equations, Tensor input, Tensor target, long[] tokens)
    {
        var d = _split.HiddenSize;
        for (var start = 0; start < tokens.Length; start += TokensPerChunk)
        {
            using var scope = NewDisposeScope();
            var rows = tensor(tokens[start..Math.Min(tokens.Length, start + TokensPerChunk)]);
            var x = input.reshape(-1, d).index_select(0, rows);
            var parts = new List<Tensor>();
            if (FeedForwardForward.HeavyHidden(_split, _weights, x) is { } heavy) parts.Add(heavy.to(ScalarType.Float64));
            parts.Add(ones([rows.shape[0], _bias], dtype: ScalarType.Float64));
            if (FeedForwardForward.LightHidden(_split, _weights, x) is { } light) parts.Add(light.to(ScalarType.Float64));
            equations.Add(cat(parts, 1), target.reshape(-1, d).index_select(0, rows).to(ScalarType.Float64));
        }
    }

    static Tensor Scale(Tensor diagonal, int start, int count, double ridge)
    {
        if (count == 0) return zeros(0, dtype: ScalarType.Float64);
        var mean = diagonal.narrow(0, start, count).mean();
        return mean.Times(ridge).expand(count);
    }

    /// <summary>All output weights as one (features × d) matrix, float64.</summary>
    Tensor Stacked(TensorSource weights, bool rawLight, Tensor? dense)
    {
        var parts = new List<Tensor>();
        if (_split.Heavy is { } heavy) parts.Add(Wide(heavy.Down).t());
        if (_split.OutputBias is { } bias) parts.Add(Wide(bias).unsqueeze(0));
        switch (_split.Light)
        {
            case LightPart.Linear linear:
                parts.Add(rawLight ? Product(linear.Map) : zeros([_split.HiddenSize, _split.HiddenSize], dtype: ScalarType.Float64));
                break;
            case LightPart.LowRank low: parts.Add(rawLight ? Product(low.Down) : dense!); break;
            case LightPart.Dense whole: parts.Add(Wide(whole.Neurons.Down).t()); break;
            case LightPart.None: break;
        }
        return cat(parts, 0);

        Tensor Wide(WeightBinding binding) => weights[binding].to(ScalarType.Float64);
        Tensor Product(Factors factors) => Wide(factors.First).t().matmul(Wide(factors.Second).t());
    }

    Dictionary<string, MemoryTensor> Round(PartialReducedRank.Solution solution)
    {
        var tensors = new Dictionary<string, MemoryTensor>(_raw.Tensors, StringComparer.Ordinal);
        if (_split.Heavy is { } heavy) Set(heavy.Down, solution.Free.narrow(0, 0, _heavy).t());
        if (_split.OutputBias is { } bias) Set(bias, solution.Free[_heavy]);
        switch (_split.Light)
        {
            case LightPart.Linear linear: SetPair(linear.Map); break;
            case LightPart.LowRank low: SetPair(low.Down); break;
            case LightPart.Dense whole:
                Set(whole.Neurons.Down, solution.Free.narrow(0, _heavy + _bias, _free - _heavy - _bias).t());
                break;
            case LightPart.None: break;
        }
        return tensors;

        void Set(WeightBinding binding, Tensor values)
            => tensors[binding.Name] = TensorBridge.FromTorch(binding.Name, values, tensors[binding.Name].Type);

        // Each direction's size goes to both factors alike.
        void SetPair(Factors factors)
        {
            var size = solution.Left!.square().sum([0L]).sqrt().AtLeast(double.Epsilon).sqrt();
            Set(factors.First, (solution.Left / size).t());
            Set(factors.Second, (solution.Right!.t() * size));
        }
    }
}
