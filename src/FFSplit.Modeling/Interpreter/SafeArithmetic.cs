using TorchSharp;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>
/// Sums of tensors, and arithmetic with numbers. TorchSharp's own operators turn a number (and the hidden factor of every sum) into an object that
/// nobody holds while libtorch reads it: the garbage collector may free it in the middle of the call, which broke off a training after hours.
/// Here it is held until the call is over. BannedSymbols.txt keeps the others out.
/// </summary>
public static class SafeArithmetic
{
    static readonly Scalar s_one = 1.ToScalar(), s_minusOne = (-1).ToScalar();

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, s_one);

    /// <summary>a − b.</summary>
    public static Tensor Minus(this Tensor a, Tensor b) => a.add(b, s_minusOne);

    /// <summary>a + number; integers stay integers where the number is one.</summary>
    public static Tensor Plus(this Tensor a, double number)
    {
        using var scalar = Of(a, number);
        return a.add(scalar, s_one);
    }

    /// <summary>a − number.</summary>
    public static Tensor Minus(this Tensor a, double number) => a.Plus(-number);

    /// <summary>a · number.</summary>
    public static Tensor Times(this Tensor a, double number)
    {
        using var scalar = Of(a, number);
        return a.mul(scalar);
    }

    /// <summary>a / number.</summary>
    public static Tensor Over(this Tensor a, double number)
    {
        using var scalar = number.ToScalar();
        return a.div(scalar);
    }

    /// <summary>a to the power of the number.</summary>
    public static Tensor Power(this Tensor a, double number)
    {
        using var scalar = number.ToScalar();
        return a.pow(scalar);
    }

    /// <summary>a, but at least the number.</summary>
    public static Tensor AtLeast(this Tensor a, double number)
    {
        using var scalar = number.ToScalar();
        return a.clamp_min(scalar);
    }

    /// <summary>a, within bounds.</summary>
    public static Tensor Within(this Tensor a, double least, double most)
    {
        using Scalar low = least.ToScalar(), high = most.ToScalar();
        return a.clamp(low, high);
    }

    /// <summary>0, 1, 2, … before an end, int64.</summary>
    public static Tensor Range(long end)
    {
        using var scalar = end.ToScalar();
        return arange(scalar);
    }

    /// <summary>Whether each element differs from a whole number.</summary>
    public static Tensor Differs(this Tensor a, long number)
    {
        using var scalar = number.ToScalar();
        return a.ne(scalar);
    }

    // A floating-point number would make integers floating-point.
    static Scalar Of(Tensor tensor, double number)
        => tensor.dtype is ScalarType.Int64 && number == Math.Floor(number) ? ((long)number).ToScalar() : number.ToScalar();
}
