using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>How weights lie in the file and are multiplied: the one place that differs between float32 and fewer bits.</summary>
interface IPrecision
{
    /// <summary>Its name on the command line and in files.</summary>
    string Name { get; }

    /// <summary>x W, without bias.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="x">(… × in).</param>
    /// <param name="matrix">Of the model, or several that <see cref="Joins"/>.</param>
    /// <returns>(… × out), float32.</returns>
    Value Product(Emission emission, Value x, WeightMatrix matrix);

    /// <summary>Whether the parts can lie in the file as one matrix.</summary>
    bool Joins(WeightMatrix matrix);

    /// <summary>Rows of a table.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="table">(rows × width).</param>
    /// <param name="index">Row numbers.</param>
    /// <returns>(index' shape × width), float32.</returns>
    Value Lookup(Emission emission, WeightBinding table, Value index);

    /// <summary>A table as a float32 weight, for operators that look up by themselves; null where the file has no such table.</summary>
    Value? PlainTable(Emission emission, WeightBinding table);

    /// <summary>A matrix, (in × out), float32, for operators that multiply by themselves; null where the file has no such matrices.</summary>
    Value? PlainMatrix(Emission emission, WeightMatrix matrix);
}
