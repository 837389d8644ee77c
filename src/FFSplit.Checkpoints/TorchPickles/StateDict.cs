using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>The dict of tensors in an unpickled value: the value itself, or what trainers put under 'state_dict' or 'model'.</summary>
sealed record StateDict(IReadOnlyDictionary<string, TensorData> Tensors, IReadOnlyList<string> Ignored)
{
    static readonly string[] Wrappers = ["state_dict", "model"];

    public static StateDict Of(object value, MappedFile file, TorchErrors errors)
    {
        if (value is not PickleDict dict) throw errors.NoStateDict(value is PickledTensor ? "a single tensor" : "something else");
        if (HoldsTensors(dict)) return Read(dict, file, errors);
        var inner = dict.Entries
            .Where(e => e.Key is string key && Wrappers.Contains(key) && e.Value is PickleDict wrapped && HoldsTensors(wrapped))
            .ToList();
        return inner.Count switch
        {
            1 => Read((PickleDict)inner[0].Value, file, errors),
            0 => throw errors.NoStateDict(dict.Entries.Count == 0 ? "an empty dict" : $"a dict with {Keys(dict)}"),
            _ => throw errors.TwoStateDicts(),
        };
    }

    static bool HoldsTensors(PickleDict dict) => dict.Entries.Any(e => e.Value is PickledTensor);

    static string Keys(PickleDict dict)
    {
        var shown = dict.Entries.Select(e => e.Key).OfType<string>().Take(5).Select(key => $"'{FileErrors.Shown(key)}'").ToList();
        return shown.Count == 0 ? "no keys of text" : string.Join(", ", shown) + (dict.Entries.Count > shown.Count ? ", …" : "");
    }

    static StateDict Read(PickleDict dict, MappedFile file, TorchErrors errors)
    {
        Dictionary<string, TensorData> tensors = new(StringComparer.Ordinal);
        List<string> ignored = [];
        foreach (var (key, value) in dict.Entries)
        {
            if (value is not PickledTensor tensor)
            {
                ignored.Add(key as string ?? "a key that is no text");
                continue;
            }
            if (key is not string name) throw errors.NoTextName(key is long number ? $"the number {number}" : "another key");
            if (!tensors.TryAdd(name, View(name, tensor, file))) throw errors.DuplicateName(name);
        }
        return new StateDict(tensors, ignored);
    }

    static TensorData View(string name, PickledTensor tensor, MappedFile file)
    {
        // An offset behind an empty tensor means nothing and may be anything.
        if (tensor.Shape.Contains(0)) return new MappedTensor(name, tensor.Type, tensor.Shape, file, 0);
        var start = tensor.Storage.Record.Start + tensor.Offset * tensor.Type.Size();
        return StridedTensor.IsRowMajor(tensor.Shape, tensor.Strides)
            ? new MappedTensor(name, tensor.Type, tensor.Shape, file, start)
            : new StridedTensor(name, tensor.Type, tensor.Shape, tensor.Strides, file, start);
    }
}
