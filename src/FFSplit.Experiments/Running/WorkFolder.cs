using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Running;

/// <summary>The folder of unfinished work: options.json says whose it is, measurements/ and models/ hold what was made.</summary>
sealed class WorkFolder
{
    const string OptionsFile = "options.json", SecondsFile = "seconds.txt", Models = "models", Measured = "measurements";

    readonly string _path;

    WorkFolder(string path, bool isNew) => (_path, IsNew) = (path, isNew);

    /// <summary>Whether nothing was there when it was opened.</summary>
    public bool IsNew { get; }

    /// <summary>Opens or makes the folder.</summary>
    /// <param name="path">Where.</param>
    /// <param name="options">All that decides a measurement, by names of options.</param>
    /// <param name="restart">Throws away what is there.</param>
    /// <exception cref="BadInputException">A file there is not as it was written.</exception>
    /// <exception cref="BadUsageException">The folder was begun with other options; the message names the first.</exception>
    public static WorkFolder Open(string path, IReadOnlyDictionary<string, string> options, bool restart)
    {
        if (restart) Remove(path);
        var file = Path.Combine(path, OptionsFile);
        var isNew = !File.Exists(file);
        if (!isNew)
        {
            UnfinishedWork.RequireSame($"the experiment in {path}", Read(file, WorkJson.Default.DictionaryStringString), options);
        }
        else
        {
            Directory.CreateDirectory(path);
            AtomicFile.WriteAllText(file, JsonSerializer.Serialize(new Dictionary<string, string>(options),
                WorkJson.Default.DictionaryStringString));
        }
        return new WorkFolder(path, isNew);
    }

    public string ModelPath(string name) => Path.Combine(_path, Models, name);

    /// <summary>Seconds of all that was made here.</summary>
    public double Seconds
    {
        get => File.Exists(Path.Combine(_path, SecondsFile))
            && double.TryParse(File.ReadAllText(Path.Combine(_path, SecondsFile)), CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
        set => AtomicFile.WriteAllText(Path.Combine(_path, SecondsFile), value.ToString("F1", CultureInfo.InvariantCulture));
    }

    /// <summary>Does something and counts its time; what is done within it, a model that a measurement needs, counts once.</summary>
    public void Timed(Action action)
    {
        var (watch, before) = (Stopwatch.StartNew(), Seconds);
        action();
        // Whatever was counted within is part of this.
        Seconds = before + watch.Elapsed.TotalSeconds;
    }

    /// <summary>What was measured before; null for nothing.</summary>
    public Measurement? Measurement(string name, int? seed)
        => File.Exists(FileOf(name, seed)) ? Read(FileOf(name, seed), WorkJson.Default.Measurement) : null;

    public void Put(Measurement measurement)
    {
        Directory.CreateDirectory(Path.Combine(_path, Measured));
        AtomicFile.WriteAllText(FileOf(measurement.Name, (int?)measurement.Seed),
            JsonSerializer.Serialize(measurement, WorkJson.Default.Measurement));
    }

    // What an experiment wrote and nothing else: the folder may be the user's.
    static void Remove(string path)
    {
        if (!Directory.Exists(path)) return;
        foreach (var made in (string[])[Path.Combine(path, Models), Path.Combine(path, Measured)])
            if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        foreach (var file in (string[])[OptionsFile, SecondsFile]) File.Delete(Path.Combine(path, file));
    }

    // Written whole, so it is as it was left unless somebody changed it.
    static T Read<T>(string file, JsonTypeInfo<T> type)
    {
        try
        {
            if (JsonSerializer.Deserialize(File.ReadAllText(file), type) is { } value) return value;
            throw Wrong("null");
        }
        catch (JsonException exception)
        {
            throw Wrong(exception.Message);
        }

        BadInputException Wrong(string found) => new(file, "a file of an unfinished experiment as this tool wrote it", found,
            "Delete the file to have it measured again, or begin again with --restart.");
    }

    string FileOf(string name, int? seed) => Path.Combine(_path, Measured, $"{SafeName.Of($"{name}-{seed}")}.json");
}
