using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Graphs;

/// <summary>Collects nodes and constants while an emitter walks the model; names them, and keeps one copy of what is used twice.</summary>
sealed class GraphBuilder(Checkpoint checkpoint)
{
    readonly WeightReader _weights = new(checkpoint);
    readonly List<OnnxNode> _nodes = [];
    readonly List<OnnxTensor> _constants = [];
    readonly List<OnnxValue> _inputs = [], _outputs = [];
    readonly HashSet<string> _names = new(StringComparer.Ordinal);
    string _scope = "";

    /// <summary>The nodes so far.</summary>
    public IReadOnlyList<OnnxNode> Nodes => _nodes;

    /// <summary>Nodes that are made until the result is disposed of carry this before their names.</summary>
    public IDisposable Scope(string name)
    {
        var before = _scope;
        _scope = $"{before}{name}/";
        return new Restore(() => _scope = before);
    }

    /// <summary>An input of the graph.</summary>
    public string Input(string name, OnnxType type, params OnnxLength[] shape)
    {
        _inputs.Add(new OnnxValue(name, type, shape));
        return name;
    }

    /// <summary>Makes a value an output of the graph under another name.</summary>
    public void Output(string name, string value, OnnxType type, params OnnxLength[] shape)
    {
        _nodes.Add(new OnnxNode("Identity", "", [value], [name], [], _scope + name));
        _outputs.Add(new OnnxValue(name, type, shape));
    }

    /// <summary>Adds a node of the standard's.</summary>
    /// <returns>Its only output.</returns>
    public string Add(string operation, string[] inputs, params OnnxAttribute[] attributes) => Add("", operation, inputs, attributes);

    /// <summary>Adds a node of some domain.</summary>
    /// <returns>Its only output.</returns>
    public string Add(string domain, string operation, string[] inputs, OnnxAttribute[] attributes)
        => Add(domain, operation, inputs, attributes, outputs: 1)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Add(string domain, string operation, string[] inputs, OnnxAttribute[] attributes, int outputs)
    {
        var name = Unique(_scope + operation);
        string[] results = [.. Enumerable.Range(0, outputs).Select(i => i == 0 ? $"{name}:0" : $"{name}:{i}")];
        _nodes.Add(new OnnxNode(operation, domain, inputs, results, attributes, name));
        return results;
    }

    /// <summary>A weight in the forward pass's orientation.</summary>
    public string Weight(WeightBinding binding)
        => Constant(Name(binding), OnnxType.Float, [.. binding.Shape.Select(s => (long)s)], () => WeightReader.Bytes(_weights.Read(binding)));

    /// <summary>A matrix as (in × out), for x · W.</summary>
    public string Transposed(WeightBinding binding)
        => Constant(Name(binding) + ".T", OnnxType.Float, [binding.Shape[1], binding.Shape[0]],
            () => WeightReader.Bytes(_weights.ReadTransposed(binding)));

    /// <summary>Something that is made of several weights.</summary>
    /// <param name="name">Says of what.</param>
    /// <param name="shape">Of the result.</param>
    /// <param name="make">Makes it; a reader is at hand.</param>
    public string Made(string name, long[] shape, Func<WeightReader, float[]> make)
        => Constant(name, OnnxType.Float, shape, () => WeightReader.Bytes(make(_weights)));

    /// <summary>Codes of quantised weights.</summary>
    public string Codes(string name, long[] shape, Func<WeightReader, sbyte[]> make)
        => Constant(name, OnnxType.Int8, shape, () => WeightReader.Bytes(make(_weights)));

    /// <summary>Whole numbers, as a vector.</summary>
    public string Ints(params long[] values)
        => Constant("ints." + string.Join('_', values), OnnxType.Int64, [values.Length], () => WeightReader.Bytes(values));

    /// <summary>A whole number, as a scalar.</summary>
    public string Int(long value) => Constant($"int.{value}", OnnxType.Int64, [], () => WeightReader.Bytes([value]));

    /// <summary>A number, as a scalar.</summary>
    public string Float(double value)
        => Constant("float." + ((float)value).ToString("R", CultureInfo.InvariantCulture), OnnxType.Float, [],
            () => WeightReader.Bytes([(float)value]));

    /// <summary>The finished graph.</summary>
    /// <param name="name">Of the graph.</param>
    /// <param name="opsets">Versions by domain.</param>
    /// <param name="metadata">For readers.</param>
    public OnnxGraph Build(string name, IReadOnlyDictionary<string, long> opsets, IReadOnlyDictionary<string, string> metadata)
        => new(name, _nodes, _constants, _inputs, _outputs) { Opsets = opsets, Metadata = metadata };

    string Constant(string name, OnnxType type, long[] shape, Func<byte[]> read)
    {
        if (_names.Add(name)) _constants.Add(new OnnxTensor(name, type, shape, read));
        return name;
    }

    string Unique(string name)
    {
        for (var i = 0; ; i++)
            if (_names.Add(i == 0 ? name : $"{name}_{i}"))
                return i == 0 ? name : $"{name}_{i}";
    }

    /// <summary>What a weight is called in the graph.</summary>
    public static string Name(WeightBinding binding)
        => binding.Part is { } part ? string.Create(CultureInfo.InvariantCulture, $"{binding.Name}.{part.Index}") : binding.Name;

    sealed class Restore(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
