using FFSplit.Runtime;

namespace FFSplit.Bench.Peers;

/// <summary>FFSplit.Runtime on an exported folder.</summary>
sealed class Own(string folder, int threads) : IContender
{
    readonly ExportedModel _model = ExportedModel.Load(folder, new RuntimeOptions { Threads = threads });

    public string Name => $"FFSplit.Runtime, {Path.GetFileName(folder)}";

    public float[][] Encode(string[] texts) => [.. new TextEmbedder(_model).Embed(texts).Vectors];

    public void Dispose() => _model.Dispose();
}
