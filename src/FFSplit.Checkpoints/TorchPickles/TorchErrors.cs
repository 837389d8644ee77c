using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>One refusal for each thing that a file of torch.save can get wrong.</summary>
sealed class TorchErrors(string path)
{
    const string AsSafetensors = "Save the model as safetensors and use that.";
    const string Again = "The file is damaged or was not made by torch.save; download it again, or save the model as safetensors.";

    string Tensor(string name) => $"{path}, tensor '{FileErrors.Shown(name)}'";

    string Record(string name) => $"{path}, record '{FileErrors.Shown(name)}'";

    // The archive

    public BadInputException Legacy()
        => new(path, "a file in torch.save's zip form (torch 1.6 or later)", "the older form that is a bare pickle", AsSafetensors);

    public BadInputException Tar()
        => new(path, "a file in torch.save's zip form (torch 1.6 or later)", "a tar archive, as torch 0.1 wrote", AsSafetensors);

    public BadInputException NotZip()
        => new(path, "a zip archive from torch.save", "no zip directory at its end, so it is another kind of file or is cut off", Again);

    public BadInputException Zip(string expected, string found) => new(path, expected, found, Again);

    public BadInputException ZipRecord(string record, string expected, string found) => new(Record(record), expected, found, Again);

    public BadInputException Compressed(string record)
        => new(Record(record), "bytes stored as they are", "compressed bytes", AsSafetensors);

    public BadInputException Encrypted(string record) => new(Record(record), "bytes stored as they are", "encrypted bytes", AsSafetensors);

    public BadInputException NoPickle() => new(path, "one record 'data.pkl' in a top folder", "none", Again);

    public BadInputException SeveralPickles() => new(path, "one record 'data.pkl' in a top folder", "several", Again);

    public BadInputException Script()
        => new(path, "a state dict", "a TorchScript program", "Save its state dict as safetensors and use that.");

    public BadInputException BigEndian(string order) => new(path, "little-endian numbers", $"'{FileErrors.Shown(order)}'", AsSafetensors);

    public BadInputException Version(string version)
        => new(path, "version 1 to 10 of torch.save's archives", $"'{FileErrors.Shown(version)}'", AsSafetensors);

    public BadInputException PickleTooLarge(long length, long limit)
        => new(path, $"a pickle of at most {FileErrors.Count(limit)} bytes", $"{FileErrors.Count(length)}", AsSafetensors);

    // The pickle

    public BadInputException Pickle(string expected, string found) => new($"{path}, its pickle", expected, found, Again);

    public BadInputException Opcode(byte opcode, string name)
        => new(
            $"{path}, its pickle",
            "only operations that a state dict needs",
            $"{name} (0x{opcode:x2})",
            $"Nothing was executed. {AsSafetensors}");

    public BadInputException Callable(string name) => new(
        $"{path}, its pickle",
        "only the callables that a state dict needs",
        $"the callable {FileErrors.Shown(name)}",
        $"Nothing was executed. If you trust where it comes from, save its weights as safetensors and use those.");

    public BadInputException Call(string name, string expected)
        => new($"{path}, its pickle", $"{name} called with {expected}", "other arguments", Again);

    public BadInputException CalledOtherwise(string name, string opcode)
        => new($"{path}, its pickle", "callables applied by REDUCE", $"{name} built by {opcode}", $"Nothing was executed. {AsSafetensors}");

    // The state dict

    public BadInputException NoStateDict(string found)
        => new(path, "a dict of tensors, or one under 'state_dict' or 'model'", found, AsSafetensors);

    public BadInputException TwoStateDicts()
        => new(path, "one dict of tensors", "one under 'state_dict' and one under 'model'", AsSafetensors);

    public BadInputException NoTextName(string found) => new(path, "tensors with names of text", $"one under {found}", AsSafetensors);

    public BadInputException DuplicateName(string name) => new(Tensor(name), "one entry in the state dict", "two", Again);

    // Storages and tensors

    public BadInputException NoRecord(string key) => new(Record(key), "the bytes of a storage", "no such record", Again);

    public BadInputException StorageSize(string key, string expected, long found)
        => new(Record(key), expected, $"{FileErrors.Count(found)} bytes", Again);

    public BadInputException View(string storage, string expected, string found)
        => new($"{path}, a tensor of storage '{FileErrors.Shown(storage)}'", expected, found, Again);
}
