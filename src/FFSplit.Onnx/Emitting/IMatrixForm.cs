using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>A way of coding a matrix and of multiplying by its codes. A new one is a new file; forms that are equal code alike.</summary>
interface IMatrixForm
{
    /// <summary>x W, without bias.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="x">(… × in).</param>
    /// <param name="matrix">Of the model, or several of this form that <see cref="Joins"/>.</param>
    /// <returns>(… × out), float32.</returns>
    Value Product(Emission emission, Value x, WeightMatrix matrix);

    /// <summary>Whether parts of this form can lie in one matrix of this form, each with the codes that it would have alone.</summary>
    bool Joins(WeightMatrix matrix);
}
