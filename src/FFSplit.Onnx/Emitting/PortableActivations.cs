using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>Activations in operators that ONNX has had since set 17 or before.</summary>
static class PortableActivations
{
    public static Value Emit(GraphBuilder graph, Activation activation, Value x)
    {
        return activation switch
        {
            Activation.Gelu => Gelu(),
            Activation.GeluTanh => GeluTanh(),
            Activation.QuickGelu => graph.Multiply(x, Sigmoid(Scale(x, 1.702f))),
            Activation.Relu => graph.Node("Relu", [x]),
            Activation.ReluSquared => Square(graph.Node("Relu", [x])),
            Activation.Silu => graph.Multiply(x, Sigmoid(x)),
            Activation.Tanh => graph.Node("Tanh", [x]),
            Activation.ClippedGelu => Clip(Gelu(), -10, 10),
            Activation.HardSwish => graph.Node("HardSwish", [x]),
            Activation.LeakyRelu => graph.Node("LeakyRelu", [x], OnnxAttribute.Of("alpha", 0.01)),
            Activation.Relu6 => Clip(x, 0, 6),
            Activation.Mish => graph.Multiply(x, graph.Node("Tanh", [graph.Node("Softplus", [x])])),
            Activation.Sigmoid => Sigmoid(x),
            Activation.Laplace
                => Scale(OnePlus(graph.Node("Erf", [Scale(Plus(x, -0.707107f), (float)(1 / (0.282095 * Math.Sqrt(2))))])), 0.5f),
            Activation.SqrtSoftplus => graph.Node("Sqrt", [graph.Node("Softplus", [x])]),
            Activation.Identity => x,
            _ => throw Unsupported.Case(activation),
        };

        // In the order in which ONNX Runtime looks for it.
        Value Gelu() => Scale(graph.Multiply(x, OnePlus(graph.Node("Erf", [graph.Divide(x, graph.Number((float)Math.Sqrt(2)))]))), 0.5f);

        Value GeluTanh()
        {
            var cubed = graph.Node("Pow", [x, graph.Number(3)]);
            var inner = Scale(graph.Add(x, Scale(cubed, 0.044715f)), (float)Math.Sqrt(2 / Math.PI));
            return graph.Multiply(Scale(x, 0.5f), OnePlus(graph.Node("Tanh", [inner])));
        }

        Value Sigmoid(Value value) => graph.Node("Sigmoid", [value]);
        Value Square(Value value) => graph.Multiply(value, value);
        Value Scale(Value value, float factor) => graph.Multiply(value, graph.Number(factor));
        Value Plus(Value value, float term) => graph.Add(value, graph.Number(term));
        Value OnePlus(Value value) => Plus(value, 1);
        Value Clip(Value value, float low, float high) => graph.Node("Clip", [value, graph.Number(low), graph.Number(high)]);
    }
}
