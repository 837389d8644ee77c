using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>The names that state dicts use. They are looked up here and nowhere else, so no pickle reaches code.</summary>
static class PickleGlobals
{
    static readonly Dictionary<string, PickleGlobal> Known = All().ToDictionary(g => g.Name, StringComparer.Ordinal);

    /// <summary>Null for every other name.</summary>
    public static PickleGlobal? Find(string module, string name) => Known.GetValueOrDefault($"{module}.{name}");

    static IEnumerable<PickleGlobal> All()
    {
        yield return new("collections.OrderedDict", PickleGlobalKind.OrderedDict);
        yield return new("torch._utils._rebuild_tensor", PickleGlobalKind.RebuildTensor);
        yield return new("torch._utils._rebuild_tensor_v2", PickleGlobalKind.RebuildTensorV2);
        yield return new("torch._utils._rebuild_tensor_v3", PickleGlobalKind.RebuildTensorV3);
        yield return new("torch._utils._rebuild_parameter", PickleGlobalKind.RebuildParameter);
        yield return new("torch._utils._rebuild_parameter_with_state", PickleGlobalKind.RebuildParameterWithState);
        yield return new("torch.Size", PickleGlobalKind.Size);
        yield return new("torch.storage.UntypedStorage", PickleGlobalKind.UntypedStorage);

        (string Storage, string[] Types, DType Type)[] types =
        [
            ("DoubleStorage", ["float64", "double"], DType.F64),
            ("FloatStorage", ["float32", "float"], DType.F32),
            ("HalfStorage", ["float16", "half"], DType.F16),
            ("BFloat16Storage", ["bfloat16"], DType.BF16),
            ("LongStorage", ["int64", "long"], DType.I64),
            ("IntStorage", ["int32", "int"], DType.I32),
            ("ShortStorage", ["int16", "short"], DType.I16),
            ("CharStorage", ["int8"], DType.I8),
            ("ByteStorage", ["uint8"], DType.U8),
            ("BoolStorage", ["bool"], DType.Bool),
            ("", ["uint16"], DType.U16),
            ("", ["uint32"], DType.U32),
            ("", ["uint64"], DType.U64),
        ];
        foreach (var (storage, names, type) in types)
        {
            if (storage.Length > 0) yield return new($"torch.{storage}", PickleGlobalKind.Storage, type);
            foreach (var name in names) yield return new($"torch.{name}", PickleGlobalKind.ElementType, type);
        }
    }
}
