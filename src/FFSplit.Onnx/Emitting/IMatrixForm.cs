using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>A way of coding a matrix and of multiplying by its codes. A new one is a new file.</summary>
interface IMatrixForm
{
    /// <summary>x W, without bias.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="x">(… × in).</param>
    /// <param name="weight">(out × in), as bound.</param>
    /// <returns>(… × out), float32.</returns>
    Value Product(Emission emission, Value x, WeightBinding weight);
}
