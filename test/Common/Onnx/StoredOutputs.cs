using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.TestCommon;

/// <summary>reference.safetensors of a folder: a batch, and what Hugging Face transformers gives for it.</summary>
sealed class StoredOutputs : IDisposable
{
    readonly SafetensorsFile _file;

    public StoredOutputs(string folder)
    {
        _file = SafetensorsFile.Open(Path.Combine(folder, "reference.safetensors"));
        var ids = _file.Tensors["input_ids"];
        Batch = new Batch((int)ids.Shape[0], (int)ids.Shape[1], ids.ReadInt64s(), _file.Tensors["attention_mask"].ReadInt64s(),
            _file.Tensors.GetValueOrDefault("token_type_ids")?.ReadInt64s());
    }

    public Batch Batch { get; }

    /// <summary>Holds all outputs that both sides have against each other, at real tokens, within a part of their range.</summary>
    /// <returns>How many were compared.</returns>
    public int Compare(IReadOnlyDictionary<string, DenseArray> outputs, double partOfRange)
    {
        var compared = 0;
        foreach (var (name, actual) in outputs)
            if (_file.Tensors.TryGetValue(name, out var expected))
            {
                Close.Within(partOfRange, expected.ReadSingles(), actual, Batch, name);
                compared++;
            }
        return compared;
    }

    public void Dispose() => _file.Dispose();
}
