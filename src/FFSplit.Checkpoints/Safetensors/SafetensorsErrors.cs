using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.Safetensors;

/// <summary>One refusal for each thing that a safetensors header can get wrong.</summary>
sealed class SafetensorsErrors(string path)
{
    const string Again = "The file is damaged or was not written as safetensors; download or save it again.";

    string Tensor(string name) => $"{path}, tensor '{FileErrors.Shown(name)}'";

    public BadInputException TooShort(long length) => new(path, "8 bytes that give the header's length", $"{length} bytes in all", Again);

    public BadInputException HeaderTooLong(ulong length)
        => new(
            path,
            $"a safetensors file, whose header has at most {FileErrors.Count(SafetensorsFile.LongestHeader)} bytes",
            $"first bytes that would stand for one of {FileErrors.Count(length)}",
            Again);

    public BadInputException HeaderBeyondFile(ulong length, long file)
        => new(
            path,
            $"a header of {FileErrors.Count(length)} bytes",
            $"{FileErrors.Count(file - 8)} bytes after its length, so the file is cut off",
            Again);

    public BadInputException NotUtf8() => new(path, "a header in UTF-8", "bytes that are not", Again);

    public BadInputException NoObject() => new(path, "a header that begins with '{'", "something else", Again);

    public BadInputException NotJson(Exception cause)
        => new(path, "a header that is one JSON object", cause.Message, Again, cause);

    public BadInputException DuplicateName(string name) => new(Tensor(name), "one entry in the header", "two", Again);

    public BadInputException Metadata() => new(path, "'__metadata__' that maps text to text", "another kind of value in it", Again);

    public BadInputException DuplicateMetadata(string key) => new($"{path}, metadata '{FileErrors.Shown(key)}'", "one value", "two", Again);

    public BadInputException NoEntry(string name)
        => new(Tensor(name), "an object with dtype, shape and data_offsets", "another kind of value", Again);

    public BadInputException MissingKey(string name, string key) => new(Tensor(name), $"the key '{key}'", "none", Again);

    public BadInputException DuplicateKey(string name, string key) => new(Tensor(name), $"the key '{key}' once", "it twice", Again);

    public BadInputException UnknownKey(string name, string key)
        => new(Tensor(name), "only the keys dtype, shape and data_offsets", $"'{FileErrors.Shown(key)}'", Again);

    public BadInputException UnknownType(string name, string type)
        => new(Tensor(name), "an element type of the safetensors format", $"'{FileErrors.Shown(type)}'", Again);

    public BadInputException UnsupportedType(string name, string type)
        => new(
            Tensor(name),
            "an element type that FFSplit reads (F64, F32, F16, BF16, integers, BOOL)",
            $"{type}",
            "Convert the checkpoint to BF16, F16 or F32 first.");

    public BadInputException NoShape(string name) => new(Tensor(name), "a shape that is a list of whole numbers", "something else", Again);

    public BadInputException NegativeLength(string name, long length)
        => new(Tensor(name), "lengths of axes of 0 or more", $"{length}", Again);

    public BadInputException TooManyAxes(string name) => new(Tensor(name), $"at most {SafetensorsFile.MostAxes} axes", "more", Again);

    public BadInputException ShapeTooLarge(string name)
        => new(Tensor(name), "a shape whose bytes can be counted in 63 bits", "one that overflows them", Again);

    public BadInputException NoOffsets(string name)
        => new(Tensor(name), "data_offsets that are a list of two whole numbers, 0 or more", "something else", Again);

    public BadInputException Reversed(string name, long begin, long end)
        => new(Tensor(name), "data that begins before it ends", $"offsets {begin} to {end}", Again);

    public BadInputException SizeMismatch(string name, string type, IEnumerable<long> shape, long needed, long given)
        => new(
            Tensor(name),
            $"{FileErrors.Count(needed)} bytes for {type} [{string.Join(", ", shape)}]",
            $"{FileErrors.Count(given)} between its offsets",
            Again);

    public BadInputException Outside(string name, long begin, long data)
        => new(
            Tensor(name),
            $"data within the {FileErrors.Count(data)} bytes after the header",
            $"data that begins at {FileErrors.Count(begin)}",
            Again);

    public BadInputException Truncated(string name, long end, long data)
        => new(
            Tensor(name),
            $"a file that holds its data up to byte {FileErrors.Count(end)} after the header",
            $"{FileErrors.Count(data)} bytes, so the file is cut off",
            Again);

    public BadInputException Overlap(string name, string other, long begin)
        => new(
            Tensor(name),
            "bytes of its own",
            $"data that begins at {FileErrors.Count(begin)}, within that of '{FileErrors.Shown(other)}'",
            Again);

    public BadInputException Hole(string name, long expected, long begin)
        => new(
            Tensor(name),
            $"data that begins at {FileErrors.Count(expected)}, where the one before ends",
            $"{FileErrors.Count(begin)}, which leaves a hole",
            Again);

    public BadInputException Trailing(long described, long data)
        => new(
            path,
            $"{FileErrors.Count(described)} bytes after the header, which the tensors account for",
            $"{FileErrors.Count(data)}",
            Again);
}
