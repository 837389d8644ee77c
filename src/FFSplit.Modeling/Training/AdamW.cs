using System.Numerics;
using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training;

/// <summary>
/// AdamW (Loshchilov and Hutter, "Decoupled weight decay regularization", 2019) in one pass over weight, gradient and both moments: the
/// arithmetic is nothing beside the memory that goes by, so it goes by once.
/// </summary>
public sealed unsafe class AdamW : IDisposable
{
    const double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;

    // Also the pieces of the norm's sum, so that it does not depend on the number of threads.
    const int PieceElements = 1 << 16;

    readonly IReadOnlyList<Parameter> _parameters;
    readonly Tensor[] _first, _second;
    readonly double _decay;

    /// <summary>Begins with moments of zero.</summary>
    public AdamW(IReadOnlyList<Parameter> parameters, double weightDecay)
    {
        (_parameters, _decay) = (parameters, weightDecay);
        _first = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
        _second = [.. parameters.Select(p => zeros_like(p.Value, requires_grad: false).DetachFromDisposeScope())];
    }

    /// <summary>Steps taken.</summary>
    public int Steps { get; set; }

    /// <summary>Both moments of each parameter, in their order; the tensors may be written to (a resumed run).</summary>
    public IEnumerable<(Parameter Parameter, Tensor First, Tensor Second)> Moments
        => _parameters.Select((p, i) => (p, _first[i], _second[i]));

    /// <summary>Moves every parameter along its gradient, and drops the gradients.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="clipNorm">The gradient is scaled down to this norm where it is longer; 0 for no bound.</param>
    /// <param name="notFinite">Called before the gradients go where their norm is not finite.</param>
    /// <returns>The gradient's norm before; where it is not finite, nothing was changed.</returns>
    public double Step(double learningRate, double clipNorm, Action<IReadOnlyList<Parameter>>? notFinite = null)
    {
        var gradients = new Tensor[_parameters.Count];
        try
        {
            for (var i = 0; i < gradients.Length; i++) gradients[i] = Gradient(_parameters[i]);
            var pieces = Pieces(gradients);
            var norm = Norm(pieces);
            if (!double.IsFinite(norm))
            {
                notFinite?.Invoke(_parameters);
                return norm;
            }
            Steps++;
            var scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1;
            var step = new Constants(learningRate, scale, 1 - Math.Pow(Beta1, Steps), 1 - Math.Pow(Beta2, Steps));
            var decay = learningRate * _decay;
            Parallel.For(0, pieces.Count, Threads, i => Move(pieces[i], step, _parameters[pieces[i].Parameter].Decays ? decay : 0));
            return norm;
        }
        finally
        {
            foreach (var gradient in gradients) gradient?.Dispose();
            DropGradients();
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void DropGradients()
    {
        foreach (var parameter in _parameters) parameter.Value.grad = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var moment in _first.Concat(_second)) moment.Dispose();
    }

    static ParallelOptions Threads => new() { MaxDegreeOfParallelism = get_num_threads() };

    static Tensor Gradient(Parameter parameter)
    {
        var gradient = parameter.Value.grad ?? throw new InvalidOperationException($"The loss does not depend on '{parameter.Name}'.");
        if (gradient.is_contiguous()) return gradient;
        using (gradient) return gradient.contiguous().DetachFromDisposeScope();
    }

    List<Piece> Pieces(Tensor[] gradients)
    {
        var pieces = new List<Piece>();
        for (var i = 0; i < gradients.Length; i++)
        {
            var length = _parameters[i].Value.numel();
            float* w = Pointer(_parameters[i].Value), g = Pointer(gradients[i]), m = Pointer(_first[i]), v = Pointer(_second[i]);
            for (var start = 0L; start < length; start += PieceElements)
                pieces.Add(new Piece(i, (int)Math.Min(PieceElements, length - start), w + start, g + start, m + start, v + start));
        }
        return pieces;
    }

    static float* Pointer(Tensor tensor) => (float*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(tensor.bytes));

    static double Norm(List<Piece> pieces)
    {
        var sums = new double[pieces.Count];
        Parallel.For(0, pieces.Count, Threads, i => sums[i] = SumOfSquares(new ReadOnlySpan<float>(pieces[i].Gradient, pieces[i].Count)));
        return Math.Sqrt(sums.Sum());
    }

    static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var sum = Vector<double>.Zero;
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(values[i..]), out var low, out var high);
            sum += low * low + high * high;
        }
        var total = Vector.Sum(sum);
        for (; i < values.Length; i++) total += (double)values[i] * values[i];
        return total;
    }

    static void Move(Piece piece, Constants step, double decay)
    {
        float* w = piece.Weight, g = piece.Gradient, m = piece.First, v = piece.Second;
        var keep = (float)(1 - decay);
        var (rate, root, epsilon) = ((float)(step.Rate / step.Correction1), (float)(1 / Math.Sqrt(step.Correction2)), (float)Epsilon);
        var (b1, c1, b2, c2, scale) = ((float)Beta1, (float)(1 - Beta1), (float)Beta2, (float)(1 - Beta2), (float)step.Scale);
        var i = 0;
        for (; i <= piece.Count - Vector<float>.Count; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(g + i) * scale;
            var first = Vector.Load(m + i) * b1 + gradient * c1;
            var second = Vector.Load(v + i) * b2 + gradient * gradient * c2;
            Vector.Store(first, m + i);
            Vector.Store(second, v + i);
            Vector.Store(Vector.Load(w + i) * keep - first * rate / (Vector.SquareRoot(second) * root + new Vector<float>(epsilon)), w + i);
        }
        for (; i < piece.Count; i++)
        {
            var gradient = g[i] * scale;
            m[i] = m[i] * b1 + gradient * c1;
            v[i] = v[i] * b2 + gradient * gradient * c2;
            w[i] = w[i] * keep - m[i] * rate / (MathF.Sqrt(v[i]) * root + epsilon);
        }
    }

    // A stretch of one parameter with what belongs to it.
    readonly struct Piece(int parameter, int count, float* weight, float* gradient, float* first, float* second)
    {
        public readonly int Parameter = parameter, Count = count;
        public readonly float* Weight = weight, Gradient = gradient, First = first, Second = second;
    }

    readonly record struct Constants(double Rate, double Scale, double Correction1, double Correction2);
}
