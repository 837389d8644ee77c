using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Torch.Tests.Goldens;

/// <summary>reference.safetensors of a golden folder: a batch and what transformers gives for it.</summary>
sealed class Reference : IDisposable
{
    readonly SafetensorsFile _file;

    public Reference(string folder)
    {
        _file = SafetensorsFile.Open(Path.Combine(folder, "reference.safetensors"));
        var ids = _file.Tensors["input_ids"];
        Batch = new Batch((int)ids.Shape[0], (int)ids.Shape[1], ids.ReadInt64s(), _file.Tensors["attention_mask"].ReadInt64s(),
            _file.Tensors.GetValueOrDefault("token_type_ids")?.ReadInt64s());
    }

    public Batch Batch { get; }

    public float[]? Find(string name) => _file.Tensors.GetValueOrDefault(name)?.ReadSingles();

    public double[]? FindDoubles(string name) => _file.Tensors.GetValueOrDefault(name)?.ReadDoubles();

    /// <summary>Compares at real tokens only; NaN fails.</summary>
    public void Compare(string name, DenseArray? actual, Func<float, float> tolerance)
    {
        if (Find(name) is not { } expected) return;
        Assert.NotNull(actual);
        Assert.Equal(expected.Length, actual.Values.Length);
        var perToken = actual.Shape.Count == 3 && actual.Shape[1] == Batch.Length;
        var width = (int)actual.Shape[^1];
        var (largest, worst, nan) = (0f, 0f, false);
        for (var i = 0; i < expected.Length; i++)
        {
            if (perToken && Batch.AttentionMask[i / width] == 0) continue;
            largest = Math.Max(largest, Math.Abs(expected[i]));
            var difference = Math.Abs(expected[i] - actual.Values[i]);
            nan |= !float.IsFinite(difference);
            worst = Math.Max(worst, difference);
        }
        Assert.True(!nan && worst <= tolerance(largest), $"{name}: largest difference {worst} (allowed {tolerance(largest)}), not a number: {nan}");
    }

    public void Dispose() => _file.Dispose();
}
