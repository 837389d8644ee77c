using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>What all blocks share: ids, mask, lengths, positions, biases on scores. Each is made when it is first asked for.</summary>
/// <remarks>With a cache the ids are the new tokens only, and the mask covers those before them too: the graph serves a prompt and each
/// token after it. Padding may be on either side; the mask says where.</remarks>
sealed class SequenceContext
{
    // Finite, so that a row without any visible token gives numbers instead of NaN.
    const float Masked = float.MinValue / 2;

    readonly GraphBuilder _graph;
    readonly Architecture _architecture;
    readonly Dictionary<(bool Causal, int? Window), string?> _biases = [];
    readonly Dictionary<RotaryEmbedding, (string Cos, string Sin)> _angles = [];
    readonly Lazy<string> _length, _total, _maskedPositions, _relative, _mask32;

    public SequenceContext(GraphBuilder graph, Architecture architecture, bool cached)
    {
        (_graph, _architecture, Cached) = (graph, architecture, cached);
        Ids = graph.Input("input_ids", OnnxType.Int64, "batch_size", "sequence_length");
        Mask = graph.Input("attention_mask", OnnxType.Int64, "batch_size", cached ? "total_sequence_length" : "sequence_length");
        _length = new(() => LengthOf(Ids));
        _total = new(() => cached ? LengthOf(Mask) : Length);
        _maskedPositions = new(() => Counted(Mask, clip: true));
        _relative = new(RelativeBias);
        _mask32 = new(() => graph.Add("Cast", [Mask], new OnnxAttribute.Int("to", (long)OnnxType.Int32)));
    }

    /// <summary>(rows × length), int64.</summary>
    public string Ids { get; }

    /// <summary>(rows × all tokens so far), int64, 1 at real ones.</summary>
    public string Mask { get; }

    /// <summary>The mask as int32.</summary>
    public string Mask32 => _mask32.Value;

    /// <summary>Whether keys and values of earlier tokens are handed in.</summary>
    public bool Cached { get; }

    /// <summary>Number of new tokens, as a vector of one.</summary>
    public string Length => _length.Value;

    /// <summary>Number of all tokens so far, as a vector of one.</summary>
    public string Total => _total.Value;

    /// <summary>The relative bias, (1 × heads × length × length); null where the model has none.</summary>
    public string? Relative => _architecture.RelativeBias is null ? null : _relative.Value;

    /// <summary>Numbers of rows of the position table, (rows × length).</summary>
    public string Positions(LearnedPositions positions)
    {
        var counted = positions.Source switch
        {
            // Real tokens have the columns that they would have alone, wherever the padding is.
            PositionSource.Column => _maskedPositions.Value,
            PositionSource.Mask => Counted(Mask, clip: false),
            PositionSource.NonPadIds => Counted(_graph.Add("Cast",
                [_graph.Add("Not", [_graph.Add("Equal", [Ids, _graph.Int(positions.PadId)])])],
                new OnnxAttribute.Int("to", (long)OnnxType.Int64)), clip: false),
            _ => throw new ArgumentOutOfRangeException(nameof(positions), positions.Source, "The ONNX emitter has no such positions."),
        };
        return positions.Offset == 0 ? counted : _graph.Add("Add", [counted, _graph.Int(positions.Offset)]);
    }

    /// <summary>cos and sin at the new tokens, (rows × 1 × length × half of the rotating dimensions) each.</summary>
    public (string Cos, string Sin) RotaryAngles(RotaryEmbedding rotary)
    {
        if (_angles.TryGetValue(rotary, out var made)) return made;
        var (cos, sin) = RotaryTables(rotary);
        return _angles[rotary] = (At(cos), At(sin));

        string At(string table) => _graph.Add("Unsqueeze", [_graph.Add("Gather", [table, RotaryPositions]), _graph.Ints(1)]);
    }

    /// <summary>Positions of the new tokens, (rows × length).</summary>
    public string RotaryPositions => _maskedPositions.Value;

    /// <summary>cos and sin of every position that the model was made for, (positions × half of the rotating dimensions) each.</summary>
    public (string Cos, string Sin) RotaryTables(RotaryEmbedding rotary)
    {
        // "dynamic" changes its base beyond the trained positions only, and the table ends there.
        var length = rotary.Scaling is RotaryScaling.Dynamic dynamic ? Math.Min(dynamic.TrainedPositions, _architecture.MaximumLength)
            : _architecture.MaximumLength;
        var half = rotary.Dimensions / 2;
        return (Table("cos", Math.Cos), Table("sin", Math.Sin));

        string Table(string name, Func<double, double> function) => _graph.Made($"{name} of {rotary}", [length, half], _ =>
        {
            var frequencies = rotary.InverseFrequencies(length);
            var table = new float[length * half];
            for (var position = 0; position < length; position++)
                for (var i = 0; i < half; i++)
                    // As the reference: the angle is float32.
                    table[position * half + i] = (float)(function(position * (float)frequencies[i]) * rotary.Scaling.AttentionFactor);
            return table;
        });
    }

    /// <summary>What is added to an attention's scores, broadcast to (rows × heads × length × all tokens); null for nothing.</summary>
    public string? ScoreBias(Attention attention)
    {
        var key = (attention.Causal, attention.Window);
        return _biases.TryGetValue(key, out var made) ? made : _biases[key] = MakeBias(attention.Causal, attention.Window);
    }

    string? MakeBias(bool causal, int? window)
    {
        var seen = _graph.Add("Cast", [_graph.Add("Unsqueeze", [Mask, _graph.Ints(1, 2)])], new OnnxAttribute.Int("to", (long)OnnxType.Bool));
        if (causal || window is not null)
        {
            var keys = Range(_graph.Int(0), Scalar(Total));
            var queries = _graph.Add("Unsqueeze", [Range(Scalar(_graph.Add("Sub", [Total, Length])), Scalar(Total)), _graph.Ints(1)]);
            var distance = _graph.Add("Sub", [queries, keys]);
            var near = new List<string>();
            if (causal) near.Add(_graph.Add("GreaterOrEqual", [distance, _graph.Int(0)]));
            if (window is { } size)
            {
                near.Add(_graph.Add("Less", [distance, _graph.Int(size)]));
                if (!causal) near.Add(_graph.Add("Greater", [distance, _graph.Int(-size)]));
            }
            seen = near.Aggregate(seen, (a, b) => _graph.Add("And", [a, b]));
        }
        var bias = _graph.Add("Where", [seen, _graph.Float(0), _graph.Float(Masked)]);
        return Relative is { } relative ? _graph.Add("Add", [bias, relative]) : bias;
    }

    // Rows of the table by distance, then by query and key: no table of all lengths is stored.
    string RelativeBias()
    {
        var relative = _architecture.RelativeBias!;
        var (most, heads) = (_architecture.MaximumLength, relative.Table.Shape[1]);
        var byDistance = _graph.Made(relative.Table.Name + ".by_distance", [2 * most - 1, heads], weights =>
        {
            var table = weights.Read(relative.Table);
            var result = new float[(2 * most - 1) * heads];
            for (var distance = 1 - most; distance < most; distance++)
                Array.Copy(table, relative.Bucket(distance) * heads, result, (distance + most - 1) * heads, heads);
            return result;
        });
        var columns = Range(_graph.Int(0), Scalar(Length));
        var distances = _graph.Add("Sub", [_graph.Add("Unsqueeze", [columns, _graph.Ints(1)]), columns]);
        var rows = _graph.Add("Gather", [byDistance, _graph.Add("Add", [distances, _graph.Int(most - 1)])]);
        return _graph.Add("Unsqueeze", [_graph.Add("Transpose", [rows], new OnnxAttribute.Ints("perm", [2, 0, 1])), _graph.Ints(0)]);
    }

    // How many counted tokens came before each new one; −1 at those that do not count, or 0 where no row is −1.
    string Counted(string counts, bool clip)
    {
        var sums = _graph.Add("CumSum", [counts, _graph.Int(1)]);
        if (!clip) sums = _graph.Add("Mul", [sums, counts]);
        var positions = _graph.Add("Sub", [sums, _graph.Int(1)]);
        if (clip) positions = _graph.Add("Max", [positions, _graph.Int(0)]);
        return Cached ? _graph.Add("Slice", [positions, _graph.Add("Sub", [Total, Length]), Total, _graph.Ints(1)]) : positions;
    }

    string Range(string from, string to) => _graph.Add("Range", [from, to, _graph.Int(1)]);

    string Scalar(string vector) => _graph.Add("Squeeze", [vector, _graph.Ints(0)]);

    string LengthOf(string value) => _graph.Add("Slice", [_graph.Add("Shape", [value]), _graph.Ints(1), _graph.Ints(2)]);
}
