using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>Matrices, and tables where asked for, as codes of few bits.</summary>
/// <param name="name">Of the precision.</param>
/// <param name="formOf">How a matrix is coded.</param>
/// <param name="tables">The tables' form; null for float32.</param>
/// <param name="tokens">The token table's own form where it can be had; null for that of the others.</param>
sealed class CodedPrecision(string name, Func<WeightBinding, IMatrixForm> formOf, ITableForm? tables, ITableForm? tokens) : IPrecision
{
    public string Name => name;

    public Value Product(Emission emission, Value x, WeightMatrix matrix)
        // A tied decoder reads the token table, which lies in the file once.
        => matrix.Parts is [var table] && table.Name == emission.Architecture.Embeddings.Tokens.Name && FormOf(emission, table) is { } form
            ? form.Product(emission, x, table) : formOf(matrix.Parts[0]).Product(emission, x, matrix);

    public bool Joins(WeightMatrix matrix)
    {
        var form = formOf(matrix.Parts[0]);
        return matrix.Parts.All(p => form.Equals(formOf(p))) && form.Joins(matrix);
    }

    public Value Lookup(Emission emission, WeightBinding table, Value index)
        => FormOf(emission, table)?.Lookup(emission, table, index) ?? emission.Graph.Gather(emission.Plain(table), index);

    public Value? PlainTable(Emission emission, WeightBinding table) => tables is null ? emission.Plain(table) : null;

    public Value? PlainMatrix(Emission emission, WeightMatrix matrix) => null;

    ITableForm? FormOf(Emission emission, WeightBinding table)
        => table.Name == emission.Architecture.Embeddings.Tokens.Name && tokens?.Fits(table) == true ? tokens : tables;
}
