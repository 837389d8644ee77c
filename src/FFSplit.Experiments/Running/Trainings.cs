using System.Globalization;
using System.Text.Json;
using FFSplit.Compression.Jobs;
using FFSplit.Modeling.Training;

namespace FFSplit.Experiments.Running;

/// <summary>The trainings of an experiment: the dense model for its task, where it has no head yet, and compressed ones with the dense
/// model as teacher. Step sizes are chosen once, on the part of the training data that is set aside, and serve all.</summary>
sealed class Trainings(Workbench bench)
{
    double? _dense, _tuned;

    /// <summary>The dense model of a repetition: as it is where it has a head, else trained, when its folder is first asked for; where
    /// all was measured before nobody asks.</summary>
    public Func<string> Dense(int seed)
    {
        if (bench.Subject.HasHead) return () => bench.Options.Model;
        _dense ??= Choose("learning rate", bench.Options.LearningRates, rate => Dense(rate, bench.Options.Seeds[0]));
        return () => Dense(_dense.Value, seed);
    }

    /// <summary>Trains a compressed model.</summary>
    /// <param name="name">Of the trained folder; the step size is added.</param>
    /// <param name="model">Makes or finds the compressed model's folder.</param>
    /// <param name="dense">The dense model, its teacher.</param>
    /// <param name="seed">Of the repetition.</param>
    public string Tuned(string name, Func<string> model, Func<string> dense, int seed)
        => Trained(name, model, dense, ChooseRate(name, model, dense), seed);

    /// <summary>The step size of compressed models. The first one that asks chooses for all, where they do not take the dense
    /// model's.</summary>
    /// <param name="name">As in <see cref="Tuned"/>.</param>
    /// <param name="model">As in <see cref="Tuned"/>, of the first seed.</param>
    /// <param name="dense">As in <see cref="Tuned"/>, of the first seed.</param>
    public double ChooseRate(string name, Func<string> model, Func<string> dense)
    {
        double Of(string what, IReadOnlyList<double> rates)
            => Choose(what, rates, rate => Trained(name, model, dense, rate, bench.Options.Seeds[0]));
        if (bench.Options.TunedLearningRates is { Count: > 0 } own) _tuned ??= Of("tuned learning rate", own);
        else _tuned ??= _dense ?? Of("learning rate", bench.Options.LearningRates);
        return _tuned.Value;
    }

    /// <summary>Throws trained models away.</summary>
    /// <param name="name">As given to <see cref="Tuned"/>.</param>
    public void Discard(string name)
    {
        foreach (var rate in bench.Options.LearningRates.Concat(bench.Options.TunedLearningRates).Distinct())
            bench.Discard(TunedName(name, rate));
    }

    static string TunedName(string name, double rate) => $"{name}-{Text(rate)}";

    /// <summary>The step size of the compressed models; null where none was trained.</summary>
    public double? Rate => _tuned;

    double Choose(string name, IReadOnlyList<double> rates, Func<double, string> train)
    {
        if (rates is [var only]) return only;
        double? best = null, chosen = null;
        foreach (var rate in rates)
        {
            var value = bench.Measure($"{name} {Text(rate)}", bench.Options.Seeds[0],
                () => new Dictionary<string, double> { ["validation"] = Validation(train(rate)) }).Values["validation"];
            if (best is not null && !(bench.Subject.Loss(best.Value, value) < 0)) continue;
            (best, chosen) = (value, rate);
        }
        return chosen!.Value;
    }

    string Trained(string name, Func<string> model, Func<string> dense, double rate, int seed)
        => Train(TunedName(name, rate), model(), dense(), rate, seed);

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
