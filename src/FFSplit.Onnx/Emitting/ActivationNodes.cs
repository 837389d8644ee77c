using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>Activations by operators of the standard.</summary>
static class ActivationNodes
{
    /// <summary>σ(x), element by element.</summary>
    public static string Add(GraphBuilder graph, string x, Activation activation)
    {
        return activation switch
        {
            Activation.Gelu => Gelu(),
            Activation.GeluTanh => GeluTanh(),
            Activation.QuickGelu => Times(x, One("Sigmoid", Times(x, graph.Float(1.702)))),
            Activation.Relu => One("Relu", x),
            Activation.ReluSquared => One("Relu", x) is var positive ? Times(positive, positive) : "",
            Activation.Silu => Times(x, One("Sigmoid", x)),
            Activation.Tanh => One("Tanh", x),
            Activation.ClippedGelu => Clip(Gelu(), -10, 10),
            Activation.HardSwish => graph.Add("Div", [Times(x, Clip(Plus(x, graph.Float(3)), 0, 6)), graph.Float(6)]),
            Activation.LeakyRelu => graph.Add("LeakyRelu", [x], new OnnxAttribute.Float("alpha", 0.01f)),
            Activation.Relu6 => Clip(x, 0, 6),
            Activation.Mish => Times(x, One("Tanh", One("Softplus", x))),
            Activation.Sigmoid => One("Sigmoid", x),
            Activation.Laplace => Half(Plus(Erf(graph.Add("Div",
                [graph.Add("Sub", [x, graph.Float(0.707107)]), graph.Float(0.282095 * Math.Sqrt(2))])), graph.Float(1))),
            Activation.SqrtSoftplus => One("Sqrt", One("Softplus", x)),
            Activation.Identity => x,
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "The ONNX emitter has no such activation."),
        };

        string Gelu() => Times(x, Half(Plus(Erf(Times(x, graph.Float(Math.Sqrt(0.5)))), graph.Float(1))));

        // x/2 (1 + tanh(√(2/π) (x + 0.044715 x³))).
        string GeluTanh()
        {
            var cube = Times(Times(Times(x, x), x), graph.Float(0.044715));
            return Times(x, Half(Plus(One("Tanh", Times(Plus(x, cube), graph.Float(Math.Sqrt(2 / Math.PI)))), graph.Float(1))));
        }

        string Clip(string value, double least, double most) => graph.Add("Clip", [value, graph.Float(least), graph.Float(most)]);
        string One(string operation, string value) => graph.Add(operation, [value]);
        string Erf(string value) => One("Erf", value);
        string Half(string value) => Times(value, graph.Float(0.5));
        string Times(string a, string b) => graph.Add("Mul", [a, b]);
        string Plus(string a, string b) => graph.Add("Add", [a, b]);
    }
}
