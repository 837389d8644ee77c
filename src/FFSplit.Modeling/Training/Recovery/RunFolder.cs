using System.Text.Json;
using System.Text.Json.Serialization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Modeling.Training.Running;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Recovery;

/// <summary>
/// The folder of a run that is not finished: the last checkpoint, the best weights and the event files. Each file is written whole or not
/// at all, and a state is written after the best weights that it speaks of, so that the folder can be resumed wherever the process was
/// killed.
/// </summary>
public sealed class RunFolder
{
    const string Remedy = "Begin again with --restart.";
    const string StateFile = "state.safetensors", BestPrefix = "best-", Extension = ".safetensors", OptionsKey = "options",
        StateKey = "state";
    // What a process was writing when it was killed; hidden, so that it must be asked for.
    const string Partial = $".*{Extension}.tmp-*";
    const string Weight = "weight/", First = "first/", Second = "second/";

    readonly IReadOnlyDictionary<string, string> _options;
    int _savedBest;

    /// <summary>Names a folder; nothing is written yet.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">All that decides the run's result, by the names of options, as text.</param>
    /// <param name="saveEvery">Steps between two checkpoints.</param>
    public RunFolder(string path, IReadOnlyDictionary<string, string> options, int saveEvery)
    {
        TrainingOptions.Require(saveEvery >= 1, "--save-every", "a number of at least 1", saveEvery);
        (Path, _options, SaveEvery) = (System.IO.Path.GetFullPath(path), options, saveEvery);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Steps between two checkpoints.</summary>
    public int SaveEvery { get; }

    /// <summary>Whether there is a run to go on with.</summary>
    public bool HasState => File.Exists(StatePath);

    string StatePath => System.IO.Path.Combine(Path, StateFile);

    /// <summary>Holds the options against those that the run was begun with.</summary>
    /// <exception cref="BadUsageException">One differs; the message names it.</exception>
    /// <exception cref="BadInputException">The state is not one.</exception>
    public void CheckOptions()
    {
        using var file = Open(StatePath);
        UnfinishedWork.RequireSame($"the unfinished run in {Path}", Metadata<Dictionary<string, string>>(file, OptionsKey), _options);
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="state">Where the run is.</param>
    /// <param name="optimizer">With the weights and their moments.</param>
    /// <param name="best">The best weights so far, by parameter; null for none.</param>
    /// <exception cref="MachineLimitException">The disk is full; the checkpoint before is still there.</exception>
    public void Save(TrainingState state, AdamW optimizer, IReadOnlyList<Tensor>? best)
    {
        Directory.CreateDirectory(Path);
        if (best is not null && _savedBest != state.BestStep)
        {
            SafetensorsWriter.Write(BestPath(state.BestStep),
                optimizer.Moments.Zip(best, TensorData (m, b) => new TorchTensorData(m.Parameter.Name, b)));
            _savedBest = state.BestStep;
        }
        SafetensorsWriter.Write(StatePath, optimizer.Moments.SelectMany(m => new TensorData[]
        {
            new TorchTensorData(Weight + m.Parameter.Name, m.Parameter.Value),
            new TorchTensorData(First + m.Parameter.Name, m.First),
            new TorchTensorData(Second + m.Parameter.Name, m.Second),
        }), new Dictionary<string, string>
        {
            [OptionsKey] = JsonSerializer.Serialize(_options, RunJson.Default.IReadOnlyDictionaryStringString),
            [StateKey] = JsonSerializer.Serialize(state, RunJson.Default.TrainingState),
        });
        foreach (var old in Directory.EnumerateFiles(Path, $"{BestPrefix}*{Extension}"))
            if (old != BestPath(state.BestStep)) File.Delete(old);
    }

    /// <summary>Puts the last checkpoint's weights and moments into the optimizer's tensors.</summary>
    /// <returns>Where the run is, and the best weights so far, owned by the caller; null for none.</returns>
    /// <exception cref="BadInputException">The checkpoint is not of this model.</exception>
    public (TrainingState State, List<Tensor>? Best) Load(AdamW optimizer)
    {
        using var guard = no_grad();
        foreach (var partial in Directory.EnumerateFiles(Path, Partial)) File.Delete(partial);
        using var file = Open(StatePath);
        var state = Metadata<TrainingState>(file, StateKey);
        foreach (var (parameter, first, second) in optimizer.Moments)
        {
            Read(file, Weight + parameter.Name, parameter.Value);
            Read(file, First + parameter.Name, first);
            Read(file, Second + parameter.Name, second);
        }
        optimizer.Steps = state.Step;
        if (state.BestStep == 0) return (state, null);
        using var bestFile = Open(BestPath(state.BestStep));
        _savedBest = state.BestStep;
        return (state, [.. optimizer.Moments.Select(m =>
        {
            var tensor = zeros(m.Parameter.Value.shape).DetachFromDisposeScope();
            Read(bestFile, m.Parameter.Name, tensor);
            return tensor;
        })]);
    }

    /// <summary>Removes the run's files, and the folder if it held nothing else.</summary>
    public void Remove()
    {
        if (!Directory.Exists(Path)) return;
        foreach (var pattern in (string[])[StateFile, $"{BestPrefix}????????{Extension}", Partial, EventFile.Pattern])
            foreach (var file in Directory.EnumerateFiles(Path, pattern)) File.Delete(file);
        if (!Directory.EnumerateFileSystemEntries(Path).Any()) Directory.Delete(Path);
    }

    string BestPath(int step) => System.IO.Path.Combine(Path, $"{BestPrefix}{step:d8}{Extension}");

    void Read(SafetensorsFile file, string name, Tensor target)
    {
        if (file.Tensors.GetValueOrDefault(name) is not { Type: DType.F32 } stored || !stored.Shape.SequenceEqual(target.shape))
            throw Damaged($"tensor '{name}' of [{string.Join(", ", target.shape)}]");
        stored.ReadBytes(0, target.bytes);
    }

    T Metadata<T>(SafetensorsFile file, string key)
    {
        try
        {
            return file.Metadata.TryGetValue(key, out var text) && JsonSerializer.Deserialize(text, typeof(T), RunJson.Default) is T value
                ? value : throw Damaged(key);
        }
        catch (JsonException)
        {
            throw Damaged(key);
        }
    }

    BadInputException Damaged(string expected) => new(StatePath, expected, "another one or none", Remedy);

    static SafetensorsFile Open(string path)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (BadInputException e)
        {
            throw new BadInputException(path, "a checkpoint of an unfinished run", "a damaged one or something else", Remedy, e);
        }
    }
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(TrainingState))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
sealed partial class RunJson : JsonSerializerContext;
