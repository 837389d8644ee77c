using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>Every weight as float32.</summary>
sealed class FullPrecision : IPrecision
{
    public string Name => "fp32";

    public Value Product(Emission emission, Value x, WeightMatrix matrix)
        // A tied decoder reads the token table, which would lie twice in the file if it were turned here.
        => matrix.Parts is [var table] && table.Name == emission.Architecture.Embeddings.Tokens.Name
            ? emission.Operators.ProductTransposed(emission, x, PlainTable(emission, table)!)
            : emission.Graph.MatMul(x, emission.Matrix(matrix));

    public bool Joins(WeightMatrix matrix) => true;

    public Value Lookup(Emission emission, WeightBinding table, Value index) => emission.Graph.Gather(PlainTable(emission, table)!, index);

    public Value? PlainTable(Emission emission, WeightBinding table) => emission.Plain(table);

    public Value? PlainMatrix(Emission emission, WeightMatrix matrix) => emission.Matrix(matrix);
}
