using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>What all parts of a model share while its graph is made: inputs, weights, positions, masks. Each is emitted once, when it is
/// first asked for.</summary>
sealed class Emission
{
    // Finite, so that a row without any visible token gives numbers instead of NaN.
    const float Masked = float.MinValue / 2;

    readonly Dictionary<string, Value> _shared = new(StringComparer.Ordinal);
    readonly WeightStore _weights;

    public Emission(Architecture architecture, WeightStore weights, IOperatorSet operators, IPrecision precision)
    {
        (Architecture, _weights, Operators, Precision) = (architecture, weights, operators, precision);
        HasCache = architecture.Generates;
        var length = HasCache ? Axes.TotalLength : Axes.Length;
        InputIds = Graph.Input("input_ids", DType.I64, Axes.Batch, Axes.Length);
        AttentionMask = Graph.Input("attention_mask", DType.I64, Axes.Batch, length);
        if (architecture.Embeddings.TokenTypes is { } types && types.Shape[0] > 1)
            TokenTypeIds = Graph.Input("token_type_ids", DType.I64, Axes.Batch, Axes.Length);
        if (HasCache) Cache = new KeyValueCache(Graph, architecture.Blocks);
    }

    public Architecture Architecture { get; }
    public GraphBuilder Graph { get; } = new();
    public IOperatorSet Operators { get; }
    public IPrecision Precision { get; }

    /// <summary>Whether earlier tokens' keys and values come in and go out.</summary>
    public bool HasCache { get; }

    public KeyValueCache? Cache { get; }
    public Value InputIds { get; }

    /// <summary>(batch × all tokens, those in the cache included), int64, 1 at real tokens.</summary>
    public Value AttentionMask { get; }

    /// <summary>Null where there is one type or none.</summary>
    public Value? TokenTypeIds { get; }

    /// <summary>A matrix as (in × out).</summary>
    public Value Matrix(WeightMatrix matrix) => Graph.Initializer($"{matrix.Name}.matrix", () => _weights.Matrix(matrix));

    /// <summary>A table or vector as bound.</summary>
    public Value Plain(WeightBinding binding) => Graph.Initializer(WeightMatrix.NameOf(binding), () => _weights.Plain(binding));

    /// <summary>A bias, or null.</summary>
    public Value? Bias(WeightBinding? binding) => binding is null ? null : Plain(binding);

    /// <summary>A weight made from others when it is written.</summary>
    public Value Made(string name, IReadOnlyList<long> shape, Func<WeightStore, float[]> compute)
        => Graph.Initializer(name, () => new ComputedTensor<float>(name, DType.F32, shape, () => compute(_weights)));

    /// <summary>Codes of a quantised weight, made when they are written.</summary>
    public Value Codes<T>(string name, DType type, IReadOnlyList<long> shape, Func<WeightStore, T[]> compute) where T : unmanaged
        => Graph.Initializer(name, () => new ComputedTensor<T>(name, type, shape, () => compute(_weights)));

    /// <summary>x W + b.</summary>
    public Value Linear(Linear linear, Value x) => WithBias(Precision.Product(this, x, linear.Weight), linear.Bias);

    /// <summary>x + b.</summary>
    public Value WithBias(Value x, WeightBinding? bias) => bias is null ? x : Graph.Add(x, Plain(bias));

    /// <summary>Tokens of this run, a vector of one number.</summary>
    public Value Length => Shared("length", () => Graph.Length(InputIds, 1));

    /// <summary>All tokens, those in the cache included, a vector of one number.</summary>
    public Value TotalLength => HasCache ? Shared("total", () => Graph.Length(AttentionMask, 1)) : Length;

    /// <summary>Columns of this run's tokens: 0, 1, 2, …, from the cache's length on.</summary>
    public Value Columns => Shared("columns", () => HasCache
        ? Graph.Range(Graph.Squeeze(Past, 0), Graph.Squeeze(TotalLength, 0)) : Graph.Range(Graph.Integer(0), Graph.Squeeze(Length, 0)));

    /// <summary>Columns of all tokens.</summary>
    public Value AllColumns
        => HasCache ? Shared("all columns", () => Graph.Range(Graph.Integer(0), Graph.Squeeze(TotalLength, 0))) : Columns;

    /// <summary>The mask as float32.</summary>
    public Value FloatMask => Shared("float mask", () => Graph.Cast(AttentionMask, DType.F32));

    /// <summary>The mask as int32, for ONNX Runtime's own operators.</summary>
    public Value IntegerMask => Shared("integer mask", () => Graph.Cast(AttentionMask, DType.I32));

    /// <summary>Whether no token is padding, one boolean.</summary>
    public Value AllReal
        => Shared("all real", () => Graph.Cast(Graph.Node("ReduceMin", [AttentionMask], OnnxAttribute.Of("keepdims", 0)), DType.Bool));

    /// <summary>Of a per-token row over all tokens the part that belongs to this run's.</summary>
    public Value OfThisRun(Value row) => HasCache ? Graph.Slice(row, Past, TotalLength, 1) : row;

    /// <summary>What is added to scores for padding, (batch × 1 × 1 × all tokens).</summary>
    public Value PaddingBias => Shared("padding bias", () =>
        Graph.Unsqueeze(Graph.Multiply(Graph.Subtract(Graph.Number(1), FloatMask), Graph.Number(Masked)), 1, 2));

    /// <summary>What is added to scores by the two tokens' columns alone, (1 × 1 or heads × tokens × all tokens); null for
    /// nothing.</summary>
    /// <param name="causal">Whether later tokens are hidden.</param>
    /// <param name="window">How many tokens a token sees; null for all.</param>
    public Value? ColumnBias(bool causal, int? window)
    {
        var relative = Architecture.RelativeBias is { } bias ? Shared("relative bias", () => RelativeBiasEmitter.Emit(this, bias)) : null;
        if (!causal && window is null) return relative;
        return Shared($"column bias {causal} {window}", () =>
        {
            var hidden = Graph.Unsqueeze(Graph.Node("Where", [Hidden(causal, window), Graph.Number(Masked), Graph.Number(0)]), 0, 1);
            return relative is null ? hidden : Graph.Add(hidden, relative);
        });
    }

    /// <summary>All that is added to an attention's scores.</summary>
    public Value ScoreBias(Attention attention) => Shared($"score bias {attention.Causal} {attention.Window}", () =>
        ColumnBias(attention.Causal, attention.Window) is { } bias ? Graph.Add(PaddingBias, bias) : PaddingBias);

    /// <summary>A value that is emitted once.</summary>
    public Value Shared(string key, Func<Value> emit)
    {
        if (_shared.TryGetValue(key, out var value)) return value;
        return _shared[key] = emit();
    }

    Value Past => Shared("past", () => Graph.Subtract(TotalLength, Length));

    Value Hidden(bool causal, int? window)
    {
        var queries = Shared("query columns", () => Graph.Unsqueeze(Columns, 1));
        var keys = Shared("key columns", () => Graph.Unsqueeze(AllColumns, 0));
        var hidden = new List<Value>();
        if (causal) hidden.Add(Graph.Node("Greater", [keys, queries]));
        if (window is { } width)
        {
            hidden.Add(Graph.Node("LessOrEqual", [keys, Graph.Subtract(queries, Graph.Integer(width))]));
            if (!causal) hidden.Add(Graph.Node("GreaterOrEqual", [keys, Graph.Add(queries, Graph.Integer(width))]));
        }
        return hidden.Aggregate((a, b) => Graph.Node("Or", [a, b]));
    }
}
