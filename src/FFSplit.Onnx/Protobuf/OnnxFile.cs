using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Onnx.Protobuf;

/// <summary>Writes a model file, and beside it a second one with the weights where they are too many for one protobuf message.</summary>
static class OnnxFile
{
    /// <summary>Protobuf holds at most 2³¹ − 1 bytes in a message; some room is left for the graph itself.</summary>
    public const long LargestMessage = int.MaxValue - (64L << 20);

    // Shape constants and the like are read while a graph is loaded, before outside files are.
    const long SmallestOutside = 1024;

    // A whole page, so that a runtime can map each weight.
    const long Alignment = 4096;

    /// <summary>Writes <paramref name="path"/> and, above the limit, <c>path_data</c>.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="model">The model; its tensors are read once, in order.</param>
    /// <param name="inlineLimit">Bytes of weights up to which they lie in the model file itself.</param>
    /// <param name="progress">Counts bytes of weights that lie outside.</param>
    /// <param name="cancellation">Stops within a tensor.</param>
    /// <returns>Whether there is a second file.</returns>
    public static bool Write(string path, OnnxModel model, long inlineLimit, IProgress<ProgressReport>? progress,
        CancellationToken cancellation)
    {
        var outside = model.Graph.Initializers.Sum(t => t.Data.ByteCount) > inlineLimit;
        if (outside)
        {
            var placed = WriteOutside($"{path}_data", model.Graph.Initializers, progress, cancellation);
            model = model with { Graph = model.Graph with { Initializers = placed } };
        }
        progress?.Report(new ProgressReport("writing the graph", 0, 0));
        var message = model.Encode();
        if (message.Size > int.MaxValue)
            throw new MachineLimitException(
                $"{path}: the graph takes {message.Size} bytes and a protobuf message holds {int.MaxValue}. Use a smaller model.");
        AtomicFile.Write(path, stream => message.WriteTo(stream, cancellation), message.Size);
        return outside;
    }

    static List<OnnxTensor> WriteOutside(string path, IReadOnlyList<OnnxTensor> tensors, IProgress<ProgressReport>? progress,
        CancellationToken cancellation)
    {
        var placed = new List<OnnxTensor>();
        var total = tensors.Sum(t => t.Data.ByteCount);
        AtomicFile.Write(path, stream =>
        {
            foreach (var tensor in tensors)
            {
                if (tensor.Data.ByteCount < SmallestOutside)
                {
                    placed.Add(tensor);
                    continue;
                }
                var start = (stream.Position + Alignment - 1) / Alignment * Alignment;
                stream.Write(new byte[start - stream.Position]);
                WireMessage.WriteBytes(tensor.Data, stream, cancellation);
                placed.Add(new OnnxTensor(tensor.Data, new ExternalPlace(Path.GetFileName(path), start, tensor.Data.ByteCount)));
                progress?.Report(new ProgressReport("writing weights", stream.Position, total));
            }
        }, total);
        return placed;
    }
}
