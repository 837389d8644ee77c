using System.Diagnostics;
using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Native;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using FFSplit.Modeling.Training.Recovery;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training;

/// <summary>What a run trains, on what.</summary>
/// <param name="Architecture">The model.</param>
/// <param name="Weights">Its weights; the trained ones hold the best at the end.</param>
/// <param name="Objective">What for.</param>
/// <param name="Train">Examples to learn from.</param>
/// <param name="Validation">Examples that judge; may be empty.</param>
/// <param name="Teacher">What the model also learns from; null for nothing.</param>
public sealed record TrainingSetup(Architecture Architecture, TrainableWeights Weights, IObjective Objective, IReadOnlyList<Example> Train,
    IReadOnlyList<Example> Validation, Distillation? Teacher = null);

/// <summary>The training loop. The weights after each step are a function of setup and options alone, wherever the run was
/// interrupted.</summary>
public sealed class Trainer : IDisposable
{
    // Batches of ever other lengths leave holes between tensors, so that a run comes to hold several times what it uses. Memory that was given
    // back has to be paged in again, a tenth of the time where that happens every few steps: it is done where memory may become short.
    const int StepsPerLook = 16;
    static readonly long Ample = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 5;

    readonly TrainingSetup _setup;
    readonly TrainingOptions _options;
    readonly RunFolder? _folder;
    readonly AdamW _optimizer;
    readonly StepRunner _steps;
    readonly Judge? _judge;
    readonly LearningRateSchedule _schedule;
    readonly int[] _lengths;
    readonly int _batchSize, _stepsPerEpoch, _totalSteps;
    TrainingState _state = new();
    List<Tensor>? _best;
    (int Epoch, int[][] Batches) _plan = (-1, []);

    /// <summary>Prepares a run, or takes up the one that the folder holds.</summary>
    /// <param name="setup">Owned by the caller.</param>
    /// <param name="options">Valid.</param>
    /// <param name="folder">Where checkpoints and events go; null for nowhere.</param>
    /// <exception cref="BadUsageException">The folder's run was begun with other options, or the metric is unknown.</exception>
    public Trainer(TrainingSetup setup, TrainingOptions options, RunFolder? folder = null)
    {
        options.Validate();
        if (folder?.HasState == true) folder.CheckOptions();
        (_setup, _options, _folder) = (setup, options, folder);
        _batchSize = options.BatchSize ?? setup.Objective.DefaultBatchSize;
        _lengths = [.. setup.Train.Select(e => e.Length)];
        var batches = (_lengths.Length + _batchSize - 1) / _batchSize;
        _stepsPerEpoch = (batches + options.Accumulate - 1) / options.Accumulate;
        _totalSteps = Math.Min(checked(options.Epochs * _stepsPerEpoch), options.MaxSteps ?? int.MaxValue);
        _schedule = new LearningRateSchedule(options.Schedule, options.LearningRate, (int)Math.Round(options.WarmUp * _totalSteps),
            _totalSteps);
        _judge = setup.Validation.Count == 0 ? null : new Judge(setup, options.Metric, _batchSize);
        _optimizer = new AdamW(setup.Weights.Parameters, options.WeightDecay);
        _steps = new StepRunner(setup, options, _optimizer);
        if (folder?.HasState == true) (_state, _best) = folder.Load(_optimizer);
        Resumed = _state.Step;
    }

    /// <summary>Steps that had been taken before.</summary>
    public int Resumed { get; }

    /// <summary>Steps of the whole run.</summary>
    public int TotalSteps => _totalSteps;

    /// <summary>Trains to the end and puts the best weights into place.</summary>
    /// <param name="progress">Told after each step.</param>
    /// <param name="watch">Told what each step did.</param>
    /// <param name="cancellation">Saves a checkpoint of the last whole step, then stops.</param>
    /// <exception cref="NonFiniteException">A loss or gradient is not finite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TrainingResult Run(IProgress<ProgressReport>? progress = null, Action<StepReport>? watch = null,
        CancellationToken cancellation = default)
    {
        using var events = _folder is null ? null : new EventFile(_folder.Path, _state.Step + 1);
        var losses = _state.Losses.ToList();
        try
        {
            // A judgement comes before the next step and not after its own, so that one that was cut short is made up for.
            for (; ; )
            {
                if (IsJudgementDue) Judge(events, cancellation);
                if (_state.Step >= _totalSteps || StoppedEarly) break;
                var report = TakeStep(cancellation);
                losses.Add(report.Loss);
                _state = _state with
                {
                    Step = report.Step,
                    Losses = losses,
                    Tokens = _state.Tokens + report.Tokens,
                    Seconds = _state.Seconds + report.Seconds
                };
                Log(events, report);
                watch?.Invoke(report);
                progress?.Report(new ProgressReport("training", _state.Step, _totalSteps, Describe(report)));
                if (_state.Step % StepsPerLook == 0 && NativeMemory.ResidentBytes() > Ample) NativeMemory.Trim();
                if (_folder is not null && _state.Step % _folder.SaveEvery == 0) Save();
            }
            // Whatever happens while the result is written, nothing of the run is lost.
            Save();
        }
        catch (OperationCanceledException)
        {
            Save();
            throw;
        }
        if (_best is not null)
        {
            using var guard = no_grad();
            foreach (var (parameter, best) in _setup.Weights.Parameters.Zip(_best)) parameter.Value.copy_(best);
            _setup.Weights.Changed();
        }
        return Result();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var tensor in _best ?? []) tensor.Dispose();
    }

    bool StoppedEarly => _options.Patience is { } patience && _state.WithoutGain >= patience;

    bool IsJudgementDue => _judge is not null && _state.Step > 0 && !(_state.Judgements is [.., var last] && last.Step == _state.Step)
        && (_state.Step == _totalSteps || (_options.ValidateEvery is { } every ? _state.Step % every == 0
            : _state.Step % _stepsPerEpoch == 0));

    StepReport TakeStep(CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var (epoch, index) = (_state.Step / _stepsPerEpoch, _state.Step % _stepsPerEpoch);
        if (_plan.Epoch != epoch) _plan = (epoch, BatchPlan.Epoch(_lengths, _batchSize, _options.Seed, epoch));
        var rows = _plan.Batches.Skip(index * _options.Accumulate).Take(_options.Accumulate);
        var rate = _schedule.At(_state.Step);
        var (loss, norm, tokens) = _steps.Take(_state.Step, [.. rows.Select(b => b.Select(i => _setup.Train[i]).ToArray())], rate,
            cancellation);
        return new StepReport(_state.Step + 1, loss, rate, norm, tokens, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    void Judge(EventFile? events, CancellationToken cancellation)
    {
        var metrics = _judge!.Measure(cancellation);
        var judgement = new Judgement(_state.Step, metrics);
        var better = _judge.IsBetter(judgement, _state.Judgements.FirstOrDefault(j => j.Step == _state.BestStep));
        _state = _state with
        {
            Judgements = [.. _state.Judgements, judgement],
            BestStep = better ? _state.Step : _state.BestStep,
            WithoutGain = better ? 0 : _state.WithoutGain + 1,
        };
        foreach (var (name, value) in metrics) events?.Scalar($"validation/{name}", _state.Step, value);
        events?.Flush();
        if (!better) return;
        using var guard = no_grad();
        _best ??= [.. _setup.Weights.Parameters.Select(p => zeros(p.Value.shape).DetachFromDisposeScope())];
        foreach (var (parameter, best) in _setup.Weights.Parameters.Zip(_best)) best.copy_(parameter.Value);
    }

    void Save() => _folder?.Save(_state, _optimizer, _best);

    static void Log(EventFile? events, StepReport report)
    {
        if (events is null) return;
        events.Scalar("train/loss", report.Step, report.Loss);
        events.Scalar("train/learning_rate", report.Step, report.LearningRate);
        events.Scalar("train/gradient_norm", report.Step, report.GradientNorm);
        events.Scalar("train/tokens_per_second", report.Step, report.Tokens / report.Seconds);
        events.Flush();
    }

    string Describe(StepReport report)
    {
        var metric = _state.Judgements is [.., var last] && _judge is not null
            ? string.Create(CultureInfo.InvariantCulture, $", {_judge.Metric} {last.Metrics[_judge.Metric]:F2}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"loss {report.Loss:F4}{metric}, {report.Tokens / report.Seconds:N0} tokens/s");
    }

    TrainingResult Result() => new()
    {
        Objective = _setup.Objective.Name,
        Steps = _state.Step,
        ResumedAt = Resumed,
        Epochs = (double)_state.Step / _stepsPerEpoch,
        StoppedEarly = _state.Step < _totalSteps,
        Metric = _judge?.Metric,
        BestStep = _state.BestStep,
        Best = _state.Judgements.FirstOrDefault(j => j.Step == _state.BestStep)?.Metrics,
        Judgements = _state.Judgements,
        Losses = _state.Losses,
        TrainedParameters = _setup.Weights.Parameters.Sum(p => p.Binding.ElementCount),
        TrainExamples = _setup.Train.Count,
        ValidationExamples = _setup.Validation.Count,
        Tokens = _state.Tokens,
        TokensPerSecond = _state.Seconds > 0 ? _state.Tokens / _state.Seconds : 0,
        Seconds = _state.Seconds,
        PeakMemoryBytes = NativeMemory.PeakResidentBytes(),
    };
}
