using FFSplit.Checkpoints.Batches;
using FFSplit.Onnx.Exporting;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace FFSplit.TestCommon;

/// <summary>A model exported into a folder of its own and loaded by ONNX Runtime.</summary>
sealed class ExportedGraph : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly InferenceSession _session;

    public ExportedGraph(string model, string target, long? inlineLimit = null)
    {
        var options = new OnnxExportOptions { Model = model, Output = _folder.File("out"), Target = target };
        Result = OnnxExport.Run(inlineLimit is { } limit ? options with { InlineLimit = limit } : options);
        using var settings = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        _session = new InferenceSession(Path.Combine(Folder, OnnxExport.ModelPath), settings);
    }

    public string Folder => _folder.File("out");

    public OnnxExportResult Result { get; }

    public IReadOnlyList<string> Inputs => _session.InputNames;

    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>Runs a batch; a cache begins empty.</summary>
    /// <param name="batch">Its mask covers earlier tokens too, where there are any.</param>
    /// <param name="past">What an earlier run gave as present.</param>
    public Dictionary<string, DenseArray> Run(Batch batch, IReadOnlyDictionary<string, DenseArray>? past = null)
    {
        var feeds = new List<NamedOnnxValue>();
        foreach (var (name, meta) in _session.InputMetadata)
            feeds.Add(name switch
            {
                "input_ids" => Whole(name, batch.InputIds, batch.Rows),
                "attention_mask" => Whole(name, batch.AttentionMask, batch.Rows),
                "token_type_ids" => Whole(name, batch.TokenTypeIds ?? new long[batch.InputIds.Length], batch.Rows),
                _ => Past(name, meta.Dimensions),
            });
        using var results = _session.Run(feeds);
        return results.ToDictionary(r => r.Name, r => r.AsTensor<float>())
            .ToDictionary(r => r.Key, r => new DenseArray([.. r.Value.Dimensions.ToArray().Select(d => (long)d)], r.Value.ToArray()));

        NamedOnnxValue Past(string name, int[] shape) => past is null
            ? NamedOnnxValue.CreateFromTensor(name, new DenseTensor<float>([batch.Rows, shape[1], 0, shape[3]]))
            : NamedOnnxValue.CreateFromTensor(name, Tensor(past[name.Replace("past_key_values", "present", StringComparison.Ordinal)]));
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    static NamedOnnxValue Whole(string name, long[] values, int rows)
        => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, [rows, values.Length / rows]));

    static DenseTensor<float> Tensor(DenseArray array) => new(array.Values, [.. array.Shape.Select(s => (int)s)]);
}
