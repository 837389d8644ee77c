using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Running;

/// <summary>
/// Where an experiment works: every model that it makes is a folder, every measurement a small file, each written whole or not at all
/// and named after what it is. What is there is not made again, so a killed experiment goes on where it was.
/// </summary>
sealed class Workbench(ExperimentOptions options, Subject? subject, WorkFolder folder, IProgress<ProgressReport>? progress,
    Action<string>? notify, CancellationToken cancellation)
{
    readonly List<Measurement> _measurements = [];
    readonly List<string> _notices = [];

    public ExperimentOptions Options => options;

    /// <summary>What is judged; only where the experiment needs a task.</summary>
    public Subject Subject => subject ?? throw new InvalidOperationException("This experiment has no task.");

    public IProgress<ProgressReport>? Progress => progress;

    public CancellationToken Cancellation => cancellation;

    /// <summary>All that was measured, in order.</summary>
    public IReadOnlyList<Measurement> Measurements => _measurements;

    /// <summary>The same over the repetitions.</summary>
    public Tally Tally => new(_measurements, Subject.Deciding);

    public IReadOnlyList<string> Notices => _notices;

    /// <summary>Seconds of work that the measurements took, over all runs.</summary>
    public double Seconds => folder.Seconds;

    /// <summary>Tells the user, and the report's reader.</summary>
    public void Note(string text)
    {
        if (_notices.Contains(text)) return;
        _notices.Add(text);
        notify?.Invoke(text);
    }

    /// <summary>Tells the user alone: what concerns this run and no other.</summary>
    public void Say(string text) => notify?.Invoke(text);

    /// <summary>A model's folder, made if it is not there.</summary>
    /// <param name="name">Says what it is; a file name.</param>
    /// <param name="make">Writes the folder of the path given.</param>
    public string Model(string name, Action<string> make)
    {
        var path = folder.ModelPath(name);
        if (!Directory.Exists(path))
        {
            cancellation.ThrowIfCancellationRequested();
            notify?.Invoke($"making {name}");
            folder.Timed(() => make(path));
        }
        return path;
    }

    /// <summary>Does work that leaves neither model nor measurement, and counts its time.</summary>
    public T Work<T>(Func<T> work)
    {
        T? result = default;
        folder.Timed(() => result = work());
        return result!;
    }

    /// <summary>Throws a model away whose measurements are taken, unless models are to be kept.</summary>
    public void Discard(string name)
    {
        if (!options.KeepModels && Directory.Exists(folder.ModelPath(name))) Directory.Delete(folder.ModelPath(name), recursive: true);
    }

    /// <summary>A measurement, taken if it was not before.</summary>
    /// <param name="name">Says of what.</param>
    /// <param name="seed">Of the repetition; null where there is none.</param>
    /// <param name="take">Takes it.</param>
    public Measurement Measure(string name, int? seed, Func<IReadOnlyDictionary<string, double>> take)
    {
        var measurement = folder.Measurement(name, seed) ?? Take();
        _measurements.Add(measurement);
        return measurement;

        Measurement Take()
        {
            cancellation.ThrowIfCancellationRequested();
            notify?.Invoke(seed is null ? $"measuring {name}" : $"measuring {name}, seed {seed}");
            Measurement? taken = null;
            folder.Timed(() => taken = new Measurement(name, seed, take()));
            folder.Put(taken!);
            return taken!;
        }
    }

    /// <summary>Judges a model's folder, unless that was done before.</summary>
    public Measurement Judge(string name, int? seed, Func<string> model)
        => Measure(name, seed, () => Subject.Judge(model(), progress, cancellation));
}
