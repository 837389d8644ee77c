using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>Does what torch's rebuilding functions do, as far as checkpoints need it, and checks every number on the way.</summary>
/// <remarks>Arguments as in torch/_utils.py: (storage, offset, size, stride, …), offsets and strides in elements.</remarks>
sealed class TensorRebuilder(IReadOnlyDictionary<string, ZipRecord> storages, TorchErrors errors)
{
    const int MostAxes = 64;

    /// <summary>An expanded view reads its storage many times over; past this it is an attack and no position table.</summary>
    const long MostExpandedBytes = 1L << 30;

    /// <summary>The storage that a persistent id names: ('storage', type, key, location, element count).</summary>
    public PickledStorage Storage(object id)
    {
        if (id is not PickleTuple { Items: ["storage", PickleGlobal type, string key, string, long count] }
            || type.Kind is not (PickleGlobalKind.Storage or PickleGlobalKind.UntypedStorage))
            throw errors.Pickle("a persistent id of the form ('storage', type, key, location, count)", "another");
        if (!storages.TryGetValue(key, out var record)) throw errors.NoRecord(key);
        DType? element = type.Kind == PickleGlobalKind.Storage ? type.Type : null;
        var size = element?.Size() ?? 1;
        // By division, so that a huge count cannot overflow into a fitting one.
        if (count < 0 || record.Length % size != 0 || record.Length / size != count)
            throw errors.StorageSize(key, $"{FileErrors.Count(count)} elements of {size} bytes", record.Length);
        return new PickledStorage(key, element, record);
    }

    public object Call(PickleGlobal callable, object[] arguments) => callable.Kind switch
    {
        PickleGlobalKind.OrderedDict => OrderedDict(arguments),
        PickleGlobalKind.RebuildTensor => arguments.Length == 4 ? Tensor(callable, arguments, null) : throw Wrong(callable),
        PickleGlobalKind.RebuildTensorV2 => arguments.Length is 6 or 7 ? Tensor(callable, arguments, null) : throw Wrong(callable),
        PickleGlobalKind.RebuildTensorV3
            => arguments.Length is 7 or 8 && arguments[6] is PickleGlobal { Kind: PickleGlobalKind.ElementType } type
            ? Tensor(callable, arguments, type.Type)
            : throw Wrong(callable),
        PickleGlobalKind.RebuildParameter => arguments is [PickledTensor data, _, _] ? data : throw Wrong(callable),
        PickleGlobalKind.RebuildParameterWithState => arguments is [PickledTensor data, _, _, _] ? data : throw Wrong(callable),
        PickleGlobalKind.Size => arguments is [PickleTuple size] ? size : throw Wrong(callable),
        _ => throw errors.Pickle("a function where one is called", callable.Name),
    };

    PickleDict OrderedDict(object[] arguments)
    {
        if (arguments.Length == 0) return new PickleDict([]);
        if (arguments is not [PickleList pairs]) throw errors.Call("collections.OrderedDict", "no argument or a list of pairs");
        var dict = new PickleDict([]);
        foreach (var pair in pairs.Items)
        {
            var (key, value) = pair switch
            {
                PickleTuple { Items: [var k, var v] } => (k, v),
                PickleList { Items: [var k, var v] } => (k, v),
                _ => throw errors.Call("collections.OrderedDict", "no argument or a list of pairs"),
            };
            dict.Entries.Add(new(key, value));
        }
        return dict;
    }

    PickledTensor Tensor(PickleGlobal callable, object[] arguments, DType? ownType)
    {
        if (arguments is not [PickledStorage storage, long offset, PickleTuple size, PickleTuple stride, ..]) throw Wrong(callable);
        if (Longs(size) is not { } shape || Longs(stride) is not { } strides) throw Wrong(callable);
        if (storage.Type is { } stored && ownType is { } own && own != stored)
            throw errors.View(storage.Key, $"elements of {stored}", $"{own}");
        var type = storage.Type ?? ownType ?? throw errors.View(storage.Key, "an element type", "none, the storage being untyped");
        CheckView(storage, type, offset, shape, strides);
        return new PickledTensor(storage, type, offset, shape, strides);
    }

    void CheckView(PickledStorage storage, DType type, long offset, long[] shape, long[] strides)
    {
        if (shape.Length != strides.Length)
            throw errors.View(storage.Key, $"a stride for each of {shape.Length} axes", $"{strides.Length}");
        if (shape.Length > MostAxes) throw errors.View(storage.Key, $"at most {MostAxes} axes", $"{shape.Length}");
        if (offset < 0) throw errors.View(storage.Key, "an offset of 0 or more", $"{offset}");
        foreach (var length in shape)
            if (length < 0) throw errors.View(storage.Key, "lengths of axes of 0 or more", $"{length}");
        foreach (var stride in strides)
            if (stride < 0) throw errors.View(storage.Key, "strides of 0 or more", $"{stride}");
        if (TensorShape.ByteCount(type, shape) is not { } bytes)
            throw errors.View(storage.Key, "a size whose bytes can be counted in 63 bits", "one that overflows them");
        if (bytes == 0) return;

        var available = storage.Record.Length / type.Size();
        // In 128 bits neither a product of two longs nor the sum of 64 of them overflows.
        Int128 last = offset;
        for (var i = 0; i < shape.Length; i++) last += (Int128)(shape[i] - 1) * strides[i];
        if (last >= available)
            throw errors.View(storage.Key, $"elements within its {FileErrors.Count(available)}", $"one at {FileErrors.Count(last)}");
        if (bytes > storage.Record.Length && bytes > MostExpandedBytes)
            throw errors.View(
                storage.Key,
                $"a view of at most {FileErrors.Count(MostExpandedBytes)} bytes where it repeats elements",
                $"one of {FileErrors.Count(bytes)}");
    }

    BadInputException Wrong(PickleGlobal callable) => errors.Call(callable.Name, "the arguments that torch.save gives it");

    static long[]? Longs(PickleTuple tuple) => tuple.Items.All(item => item is long) ? [.. tuple.Items.Cast<long>()] : null;
}
