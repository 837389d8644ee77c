using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>A way of coding a table: for looking up and, where the decoder is tied to it, for multiplying by the same bytes.</summary>
interface ITableForm
{
    /// <summary>Whether a table of this shape can be coded so.</summary>
    bool Fits(WeightBinding table);

    /// <summary>Rows, float32.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="table">(rows × width).</param>
    /// <param name="index">Row numbers.</param>
    Value Lookup(Emission emission, WeightBinding table, Value index);

    /// <summary>x Tᵀ.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="x">(… × width).</param>
    /// <param name="table">(rows × width).</param>
    Value Product(Emission emission, Value x, WeightBinding table);
}
