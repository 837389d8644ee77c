using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>What a state dict's pickle can put on the stack besides strings, longs, doubles, booleans and byte arrays.</summary>
abstract record PickleValue;

sealed record PickleNone : PickleValue
{
    public static readonly PickleNone Instance = new();
}

sealed record PickleTuple(object[] Items) : PickleValue;

sealed record PickleList(List<object> Items) : PickleValue;

/// <summary>Entries in the order in which they were set; a key set twice is there twice, for the reader to judge.</summary>
sealed record PickleDict(List<KeyValuePair<object, object>> Entries) : PickleValue;

/// <summary>A whole number that no offset or length can be.</summary>
sealed record PickleHugeInteger : PickleValue
{
    public static readonly PickleHugeInteger Instance = new();
}

/// <summary>A name that a state dict may use, as <c>module.name</c>; for storages and element types with what they stand for.</summary>
sealed record PickleGlobal(string Name, PickleGlobalKind Kind, DType Type = default) : PickleValue;

enum PickleGlobalKind
{
    OrderedDict,
    RebuildTensor,
    RebuildTensorV2,
    RebuildTensorV3,
    RebuildParameter,
    RebuildParameterWithState,
    Size,
    Storage,
    UntypedStorage,
    ElementType,
}

/// <summary>Bytes of a record of the archive; <see cref="Type"/> is null where the tensor brings its own.</summary>
sealed record PickledStorage(string Key, DType? Type, ZipRecord Record) : PickleValue;

/// <summary>A checked view of a storage; offset and strides count elements.</summary>
sealed record PickledTensor(PickledStorage Storage, DType Type, long Offset, long[] Shape, long[] Strides) : PickleValue;
