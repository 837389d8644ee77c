using FFSplit.Runtime;
using Microsoft.ML.OnnxRuntime;

namespace FFSplit.Bench.Peers;

/// <summary>A plain loop over ONNX Runtime, one text a run, as connectors write it; tokenised by the same tokenizer as ours.</summary>
sealed class OneTextARun : IContender
{
    readonly ExportedModel _model;
    readonly InferenceSession _session;

    public OneTextARun(string folder, int threads)
    {
        _model = ExportedModel.Load(folder);
        _session = new InferenceSession(Path.Combine(folder, "onnx", "model.onnx"), new SessionOptions { IntraOpNumThreads = threads });
        Name = $"one text a run, {Path.GetFileName(folder)}";
    }

    public string Name { get; }

    public float[][] Encode(string[] texts) => [.. texts.Select(Encode)];

    float[] Encode(string text)
    {
        var ids = _model.Tokenizer.Encode(text, null, _model.MaxLength).Ids;
        long[] shape = [1, ids.Length];
        using var input = OrtValue.CreateTensorValueFromMemory(ids.Select(i => (long)i).ToArray(), shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, ids.Length).ToArray(), shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        using var run = new RunOptions();
        using var outputs = _session.Run(run, ["input_ids", "attention_mask", "token_type_ids"], [input, mask, types], ["sentence_embedding"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }
}
