using System.Globalization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Graph;

/// <summary>Builds a graph node by node, in the order of running: names, weights and constants each once, inputs, outputs.</summary>
sealed class GraphBuilder
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string Contributed = "com.microsoft";

    readonly Dictionary<string, OnnxTensor> _initializers = new(StringComparer.Ordinal);
    readonly List<OnnxValueInfo> _inputs = [];
    readonly List<(OnnxValueInfo Info, Value Value)> _outputs = [];
    readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    readonly Stack<string> _scopes = new();
    List<OnnxNode> _nodes = [];

    /// <summary>Names of nodes that are added until the scope ends begin so.</summary>
    public IDisposable Scope(string name)
    {
        _scopes.Push(name);
        return new EndOfScope(_scopes);
    }

    /// <summary>Adds an operation of ONNX itself with one result.</summary>
    public Value Node(string operation, Value?[] inputs, params OnnxAttribute[] attributes)
        => Nodes(operation, "", inputs, [true], attributes)[0]!;

    /// <summary>Adds an operation of ONNX Runtime with one result.</summary>
    public Value Contrib(string operation, Value?[] inputs, params OnnxAttribute[] attributes)
        => Nodes(operation, Contributed, inputs, [true], attributes)[0]!;

    /// <summary>Adds an operation with several results.</summary>
    /// <param name="operation">Its type.</param>
    /// <param name="domain">Where it is defined.</param>
    /// <param name="inputs">Null for one that is left out.</param>
    /// <param name="wanted">Which results are wanted; the others are null.</param>
    /// <param name="attributes">Its settings.</param>
    public Value?[] Nodes(string operation, string domain, Value?[] inputs, bool[] wanted, params OnnxAttribute[] attributes)
    {
        var name = Unique(string.Join('/', _scopes.Reverse().Append(operation)));
        Value?[] outputs = [.. wanted.Select((want, i) => want ? new Value(wanted.Length == 1 ? $"{name}:0" : $"{name}:{i}") : null)];
        _nodes.Add(new OnnxNode(name, operation, domain, Trimmed(inputs), [.. outputs.Select(o => o?.Name ?? "")], attributes));
        return outputs;
    }

    /// <summary>Does one thing or another; each may read the values there are so far, and adds none that others may read.</summary>
    /// <param name="condition">One boolean, known when the model runs.</param>
    /// <param name="then">Adds the nodes that run where it is true, and gives their result.</param>
    /// <param name="otherwise">Likewise, where it is false.</param>
    /// <param name="shape">Of either result, float32.</param>
    public Value Choose(Value condition, Func<Value> then, Func<Value> otherwise, params OnnxDimension[] shape)
        => Node("If", [condition], OnnxAttribute.Of("then_branch", Branch("then", then, shape)),
            OnnxAttribute.Of("else_branch", Branch("else", otherwise, shape)));

    /// <summary>A weight by its name, made where it is new.</summary>
    public Value Initializer(string name, Func<TensorData> make)
    {
        if (!_initializers.ContainsKey(name)) _initializers.Add(name, new OnnxTensor(new RenamedTensor(name, make())));
        return new Value(name);
    }

    /// <summary>A vector of whole numbers, for shapes and axes.</summary>
    public Value Integers(params long[] values)
        => Initializer($"integers[{string.Join(',', values)}]", () => MemoryTensor.Of("", [values.Length], values));

    /// <summary>One whole number.</summary>
    public Value Integer(long value) => Initializer($"integer({value})", () => MemoryTensor.Of("", [], [value]));

    /// <summary>One number.</summary>
    public Value Number(float value)
        => Initializer($"number({value.ToString("R", CultureInfo.InvariantCulture)})", () => MemoryTensor.Of("", [], [value]));

    /// <summary>One byte, for zero points.</summary>
    public Value Byte(byte value) => Initializer($"byte({value})", () => new MemoryTensor("", DType.U8, [], new[] { value }));

    /// <summary>One number in double precision.</summary>
    public Value Double(double value)
        => Initializer($"double({value.ToString("R", CultureInfo.InvariantCulture)})", () => MemoryTensor.Of("", [], [value]));

    /// <summary>Declares an input.</summary>
    public Value Input(string name, DType type, params OnnxDimension[] shape)
    {
        _inputs.Add(new OnnxValueInfo(name, type, shape));
        return new Value(name);
    }

    /// <summary>Declares an output; outputs stand in the order of declaration.</summary>
    public void Output(string name, DType type, Value value, params OnnxDimension[] shape)
        => _outputs.Add((new OnnxValueInfo(name, type, shape), value));

    /// <summary>The graph; values that are outputs get the outputs' names.</summary>
    public OnnxGraph Build(string name)
    {
        var produced = _nodes.SelectMany(n => n.Outputs).ToHashSet(StringComparer.Ordinal);
        var renamed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (info, value) in _outputs)
            if (!produced.Contains(value.Name) || !renamed.TryAdd(value.Name, info.Name))
                throw new InvalidOperationException($"The output '{info.Name}' is no node's own result.");
        string Final(string value) => renamed.GetValueOrDefault(value, value);
        return new OnnxGraph(
            name, [.. _nodes.Select(n => n with { Inputs = [.. n.Inputs.Select(Final)], Outputs = [.. n.Outputs.Select(Final)] })],
            [.. _initializers.Values], _inputs, [.. _outputs.Select(o => o.Info)]);
    }

    OnnxGraph Branch(string name, Func<Value> emit, OnnxDimension[] shape)
    {
        var around = _nodes;
        _nodes = [];
        var result = emit();
        var branch = new OnnxGraph(name, _nodes, [], [], [new OnnxValueInfo(result.Name, DType.F32, shape)]);
        _nodes = around;
        return branch;
    }

    static string[] Trimmed(Value?[] inputs)
    {
        var count = inputs.Length;
        while (count > 0 && inputs[count - 1] is null) count--;
        return [.. inputs[..count].Select(i => i?.Name ?? "")];
    }

    string Unique(string name)
    {
        var count = _names[name] = _names.GetValueOrDefault(name) + 1;
        return count == 1 ? name : $"{name}.{count}";
    }

    sealed class EndOfScope(Stack<string> scopes) : IDisposable
    {
        public void Dispose() => scopes.Pop();
    }
}
