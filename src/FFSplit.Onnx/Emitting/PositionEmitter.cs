using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>Rows of a learned position table.</summary>
static class PositionEmitter
{
    /// <summary>Whether rows are simply those from the offset on, the same for every text.</summary>
    public static bool ByColumn(Emission emission, LearnedPositions positions)
        => positions.Source == PositionSource.Column && !emission.HasCache;

    /// <summary>Row numbers (batch × tokens), int64, where they are not <see cref="ByColumn"/>.</summary>
    public static Value Rows(Emission emission, LearnedPositions positions)
    {
        var graph = emission.Graph;
        switch (positions.Source)
        {
            // A family that counts columns is generated from with padding on the left, and then its positions are those of the real tokens.
            case PositionSource.Column:
                var counted = graph.Subtract(emission.OfThisRun(graph.Node("CumSum", [emission.AttentionMask, graph.Integer(1)])),
                    graph.Integer(1));
                return Offset(graph.Node("Max", [counted, graph.Integer(0)]), positions.Offset);
            case PositionSource.Mask:
                return Offset(emission.OfThisRun(Counted(emission.AttentionMask)), positions.Offset - 1);
            case PositionSource.NonPadIds when !emission.HasCache:
                var padding = graph.Node("Equal", [emission.InputIds, graph.Integer(positions.PadId)]);
                return Offset(Counted(graph.Cast(graph.Node("Not", [padding]), DType.I64)), positions.Offset - 1);
            default:
                throw Unsupported.Case(positions.Source);
        }

        Value Counted(Value real) => graph.Multiply(graph.Node("CumSum", [real, graph.Integer(1)]), real);

        Value Offset(Value rows, int offset) => offset == 0 ? rows : graph.Add(rows, graph.Integer(offset));
    }
}
