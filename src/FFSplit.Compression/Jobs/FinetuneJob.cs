using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using FFSplit.Modeling.Training.Recovery;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Compression.Jobs;

/// <summary>Trains a model, dense or split, and writes it.</summary>
public static class FinetuneJob
{
    /// <summary>Trains to the end, or goes on with the run that was broken off, writes the best weights, and judges them as
    /// written.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="notify">Told at once what the user should know before the long part begins; all of it is in the result too.</param>
    /// <param name="cancellation">Leaves a checkpoint to go on from.</param>
    /// <exception cref="BadInputException">Model, teacher or data cannot be used, or a number came out that is none.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other or those of the unfinished run.</exception>
    /// <exception cref="MachineLimitException">The disk is full; the last checkpoint is still there.</exception>
    public static FinetuneResult Run(FinetuneOptions options, IProgress<ProgressReport>? progress = null, Action<string>? notify = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        List<string> notices = [];
        using var source = Checkpoint.Open(options.Model, options.AllowedConfig);
        JobFiles.CheckFolder(options.Output, source.Folder, options.Force);
        var tokenizer = TextTokenizer.Load(source.Folder);
        var data = FinetuneData.Read(options, source, tokenizer, progress, cancellation);
        using var withHead = data.Head is null ? null : Checkpoint.Open(options.Model, options.AllowedConfig, data.Head);
        var checkpoint = withHead ?? source;
        using var teacher = options.Teacher is null ? null : Checkpoint.Open(options.Teacher, options.AllowedConfig);
        if (teacher is not null)
        {
            CheckTeacherLabels(teacher, data);
            SameTokens.Require(teacher.Folder, tokenizer, data.Examples);
        }

        var (compute, sentence) = ComputeTypes.Decide(options.Training.Compute);
        var seed = options.Training.Seed;
        var (train, validation) = ExampleReader.Split(data.Examples, options.Training.ValidationShare, seed, options.Data.Path);
        var architecture = checkpoint.Architecture;
        using var weights = new TrainableWeights(checkpoint, compute, Trained(checkpoint, data.Objective, options.Training.Part), seed,
            cancellation);
        using var distillation = teacher is null ? null : new Distillation(teacher, architecture, data.Objective,
            options.Training.Distillation, compute, cancellation);
        var setup = new TrainingSetup(architecture, weights, data.Objective, train, validation, distillation);
        var fingerprint = FinetuneFingerprint.Of(options, checkpoint, teacher, data, compute);
        var folder = new RunFolder(options.RunFolder, fingerprint, options.SaveEvery);
        if (options.Restart) folder.Remove();
        using var trainer = new Trainer(setup, options.ChosenTraining, folder);

        Say(sentence);
        if (checkpoint.MadeTensors.Count > 0) Say($"A new head is made (seed {seed}): {string.Join(", ", checkpoint.MadeTensors)}.");
        foreach (var notice in data.Notices) Say(notice);
        if (distillation?.Notice is { } unequal) Say(unequal);
        if (trainer.Resumed > 0) Say($"The unfinished run in {folder.Path} goes on after step {trainer.Resumed} of {trainer.TotalSteps}.");
        var result = Train();

        TrainedFolder.Write(checkpoint, weights, new TrainedFolderOptions
        {
            Output = options.Output,
            Force = options.Force,
            Type = options.Type,
            Labels = data.Labels.Count > 0 ? data.Labels : null,
            ProblemType = data.Objective switch
            {
                ClassificationObjective => "single_label_classification",
                RegressionObjective => "regression",
                _ => null,
            },
            PadId = architecture.Causal && data.Labels.Count > 0 ? tokenizer.PadId : null,
            Record = FinetuneRecord.Format(Path.GetFileName(checkpoint.Folder),
                teacher is null ? null : Path.GetFileName(teacher.Folder), fingerprint, result),
            Events = folder.Path,
        }, cancellation);
        folder.Remove();
        return new FinetuneResult
        {
            Output = options.Output,
            Model = Path.GetFileName(checkpoint.Folder),
            Teacher = teacher is null ? null : Path.GetFileName(teacher.Folder),
            NewHead = checkpoint.MadeTensors,
            Labels = data.Labels,
            Compute = compute == ScalarType.BFloat16 ? "bfloat16" : "float32",
            Training = result,
            Written = JudgeWritten(options, setup, compute),
            Notices = notices,
        };

        TrainingResult Train()
        {
            try
            {
                return trainer.Run(progress, watch: null, cancellation);
            }
            catch (BadInputException) when (!folder.HasState)
            {
                // There is nothing to go on from.
                folder.Remove();
                throw;
            }
        }

        void Say(string text)
        {
            notices.Add(text);
            notify?.Invoke(text);
        }
    }

    // A new head is trained in any case: nothing else could make it useful.
    static HashSet<WeightBinding> Trained(Checkpoint checkpoint, IObjective objective, TrainedPart part)
    {
        var used = objective.Used(checkpoint.Architecture).ToHashSet();
        if (part == TrainedPart.All) return used;
        var made = checkpoint.MadeTensors.ToHashSet(StringComparer.Ordinal);
        used.IntersectWith(checkpoint.Architecture.Blocks.SelectMany(b => b.FeedForward.Bindings)
            .Concat(checkpoint.Architecture.Bindings.Where(b => made.Contains(b.Name))));
        return used;
    }

    static void CheckTeacherLabels(Checkpoint teacher, FinetuneData data)
    {
        if (data.Objective is not ClassificationObjective || teacher.Architecture.Head is not Head.Classifier head
            || head.Labels != data.Labels.Count) return;
        var own = FinetuneData.HeadOf(teacher, head).All;
        if (!own.SequenceEqual(data.Labels, StringComparer.OrdinalIgnoreCase))
            throw new BadInputException($"{teacher.Folder}, the teacher's labels", string.Join(", ", data.Labels), string.Join(", ", own),
                "Use a teacher that was trained on the same labels in the same order, or --logits-weight 0.");
    }

    static IReadOnlyDictionary<string, double>? JudgeWritten(FinetuneOptions options, TrainingSetup setup, ScalarType compute)
    {
        if (setup.Validation.Count == 0) return null;
        using var written = Checkpoint.Open(options.Output, options.AllowedConfig);
        using var stored = new TrainableWeights(written, compute, []);
        return new Judge(setup with { Architecture = written.Architecture, Weights = stored }, options.ChosenTraining.Metric,
            options.Training.BatchSize ?? setup.Objective.DefaultBatchSize)
            .Measure(default);
    }
}
