using System.Globalization;
using System.Text.Json;
using FFSplit.Compression.Jobs;
using FFSplit.Modeling.Training;

namespace FFSplit.Experiments.Running;

/// <summary>The trainings of an experiment: the dense model for its task, where it has no head yet, and compressed ones with the dense
/// model as teacher. The step size is chosen once, on the part of the training data that is set aside, and serves all.</summary>
sealed class Trainings(Workbench bench)
{
    double? _rate;

    /// <summary>The dense model of a repetition: as it is where it has a head, else trained.</summary>
    public string Dense(int seed)
    {
        if (bench.Subject.HasHead) return bench.Options.Model;
        ChooseRate();
        return Dense(_rate!.Value, seed);
    }

    /// <summary>Trains a compressed model.</summary>
    /// <param name="name">Of the trained folder; the step size is added.</param>
    /// <param name="model">The compressed model's folder.</param>
    /// <param name="dense">The dense model's folder.</param>
    /// <param name="seed">Of the repetition.</param>
    public string Tuned(string name, string model, string dense, int seed)
    {
        string Trained(double rate) => Train(TunedName(name, rate), model, dense, rate, seed);
        if (_rate is null) ChooseRate(Trained);
        return Trained(_rate!.Value);
    }

    /// <summary>Throws trained models away.</summary>
    /// <param name="name">As given to <see cref="Tuned"/>.</param>
    public void Discard(string name)
    {
        foreach (var rate in bench.Options.LearningRates) bench.Discard(TunedName(name, rate));
    }

    static string TunedName(string name, double rate) => $"{name}-{Text(rate)}";

    /// <summary>The step size that was chosen; null where nothing is trained.</summary>
    public double? Rate => _rate;

    void ChooseRate() => ChooseRate(rate => Dense(rate, bench.Options.Seeds[0]));

    void ChooseRate(Func<double, string> train)
    {
        if (_rate is not null) return;
        if (bench.Options.LearningRates is [var only])
        {
            _rate = only;
            return;
        }
        double? best = null;
        foreach (var rate in bench.Options.LearningRates)
        {
            var value = bench.Measure($"learning rate {Text(rate)}", bench.Options.Seeds[0],
                () => new Dictionary<string, double> { ["validation"] = Validation(train(rate)) }).Values["validation"];
            if (best is not null && !(bench.Subject.Loss(best.Value, value) < 0)) continue;
            (best, _rate) = (value, rate);
        }
    }

    string Dense(double rate, int seed) => Train($"dense-{Text(rate)}-seed{seed}", bench.Options.Model, null, rate, seed);

    string Train(string name, string model, string? teacher, double rate, int seed)
        => bench.Model(name, path => FinetuneJob.Run(bench.Subject.Training(model, teacher, path, rate, seed), bench.Progress, bench.Say,
            bench.Cancellation));

    /// <summary>The deciding metric on the part of the training data that was set aside.</summary>
    /// <param name="folder">Of a trained model.</param>
    public double Validation(string folder)
    {
        using var record = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, TrainedFolder.RecordName)));
        return record.RootElement.GetProperty("validation").GetProperty(bench.Subject.Metric).GetDouble();
    }

    static string Text(double rate) => rate.ToString("0.#E-0", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
}
