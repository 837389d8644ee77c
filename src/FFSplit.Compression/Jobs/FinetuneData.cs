using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Configs;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;

namespace FFSplit.Compression.Jobs;

/// <summary>What an objective trains on, and the head that it needs.</summary>
/// <param name="Objective">The objective.</param>
/// <param name="Examples">All examples.</param>
/// <param name="Labels">Names of a classifier's outputs; empty for other objectives.</param>
/// <param name="Head">The head to be made; null where the model has it.</param>
/// <param name="Notices">What the user should know.</param>
sealed record FinetuneData(IObjective Objective, IReadOnlyList<Example> Examples, IReadOnlyList<string> Labels, NewHead? Head,
    IReadOnlyList<string> Notices)
{
    /// <summary>A fingerprint of all examples.</summary>
    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in Examples)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.Text.Ids));
            hash.AppendData(MemoryMarshal.AsBytes<int>(example.Other?.Ids ?? []));
            hash.AppendData(BitConverter.GetBytes(example.Target));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Reads and encodes the data of a run.</summary>
    /// <exception cref="BadInputException">The data or the model's head does not fit the task.</exception>
    public static FinetuneData Read(FinetuneOptions options, Checkpoint checkpoint, ITextTokenizer tokenizer,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var pooling = checkpoint.Pooling;
        var length = MaxLengthRule.Choose(options.MaxLength, pooling?.MaxLength, tokenizer.ModelMaxLength,
            checkpoint.Architecture.MaximumLength);
        var reader = new ExampleReader(tokenizer, length, TextPreparation.Of(pooling));
        var padding = new Padding(tokenizer.PadId, tokenizer.UsesTypeIds);
        return options.Objective switch
        {
            ClassificationObjective.TaskName => Classification(options, checkpoint, reader, padding, progress, cancellation),
            RegressionObjective.TaskName => Regression(options, checkpoint, reader, padding, progress, cancellation),
            SimilarityObjective.TaskName => Similarity(options, checkpoint, reader, padding, progress, cancellation),
            CausalLanguageObjective.TaskName => Causal(options, checkpoint, reader, padding, cancellation),
            MaskedLanguageObjective.TaskName => Masked(options, checkpoint, reader, padding, progress, cancellation),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Task, "Not a task."),
        };
    }

    static FinetuneData Classification(FinetuneOptions options, Checkpoint checkpoint, ExampleReader reader, Padding padding,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var read = options.Glue is { } task ? GlueReader.ReadClassified(task, options.Data, GlueSplit.Train, cancellation)
            : LabeledReader.ReadClassified(options.Data, cancellation);
        read.RequireTwoLabels(options.Data.Path);
        var own = options.NewHead ? null : checkpoint.Architecture.Head as Head.Classifier;
        IReadOnlyList<string> names = [.. read.Set.Labels.Select(l => l.Name)];
        int[] outputs = [.. Enumerable.Range(0, names.Count)];
        var notices = read.Notices;
        if (own is not null)
        {
            var head = HeadOf(checkpoint, own);
            (names, outputs) = (head.All, head.Match(read.Set, options.LabelMap));
            if (head.Contradiction(read.Set, options.LabelMap) is { } otherwise) notices = [.. notices, otherwise];
        }
        else if (options.LabelMap is not null)
            throw new BadUsageException("--label-map says which output of a head is which label, and a new head has no order yet. "
                + "Leave it out.");
        return new FinetuneData(new ClassificationObjective(padding, names.Count),
            reader.Texts(read.Samples, [.. read.Labels.Select(l => (double)outputs[l])], progress, cancellation),
            names, own is null ? new NewHead(names.Count) : null, notices);
    }

    /// <summary>What a classifier's outputs are called.</summary>
    public static HeadLabels HeadOf(Checkpoint checkpoint, Head.Classifier head)
        => new(Path.GetFileName(checkpoint.Folder), head.Labels, OutputNames.Of(checkpoint.Config))
        {
            Otherwise = "Or train a new head with --new-head.",
        };

    static FinetuneData Regression(FinetuneOptions options, Checkpoint checkpoint, ExampleReader reader, Padding padding,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var read = Scored(options, cancellation);
        var own = options.NewHead ? null : checkpoint.Architecture.Head as Head.Classifier;
        if (own is not null and not { Labels: 1 })
            throw new BadInputException(checkpoint.Folder, "a head with one output, for a regression",
                $"a classifier of {own.Labels} labels", "Train a new head with --new-head.");
        return new FinetuneData(new RegressionObjective(padding), reader.Texts(read.Samples, read.Scores, progress, cancellation),
            ["LABEL_0"], own is null ? new NewHead(1) : null, read.Notices);
    }

    static FinetuneData Similarity(FinetuneOptions options, Checkpoint checkpoint, ExampleReader reader, Padding padding,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var read = Scored(options, cancellation);
        var (notices, scores) = (read.Notices.ToList(), read.Scores);
        if (options.ChosenSimilarityLoss == SimilarityLoss.MeanSquaredError && scores.Max() is var most && (most > 1 || scores.Min() < 0))
        {
            if (scores.Min() < 0) throw new BadInputException(options.Data.Path, "scores of at least 0", $"{scores.Min()}",
                "Use --similarity-loss cosent, which needs only their order.");
            scores = [.. scores.Select(s => s / most)];
            notices.Add(string.Create(CultureInfo.InvariantCulture,
                $"Scores are divided by {most}, the largest, to be held against cosines."));
        }
        if (checkpoint.Pooling is null) notices.Add("The folder does not say how texts become vectors: the mean over tokens is taken.");
        var pooling = checkpoint.Pooling ?? new SentencePooling([PoolingMode.Mean], Normalize: true);
        return new FinetuneData(new SimilarityObjective(padding, pooling, options.ChosenSimilarityLoss),
            reader.Pairs(read.Samples, scores, progress, cancellation), [], null, notices);
    }

    static FinetuneData Causal(FinetuneOptions options, Checkpoint checkpoint, ExampleReader reader, Padding padding,
        CancellationToken cancellation)
    {
        if (!checkpoint.Architecture.Generates) throw Lacks(checkpoint, options.Task,
            "a causal language model's head");
        if (options.ChosenContext > checkpoint.Architecture.MaximumLength)
            throw new BadUsageException($"--context {options.ChosenContext} is beyond the {checkpoint.Architecture.MaximumLength} positions that this model has.");
        var (examples, notices) = reader.Windows(options.Data, new WindowOptions { Context = options.ChosenContext }, cancellation);
        return new FinetuneData(new CausalLanguageObjective(padding), examples, [], null, notices);
    }

    static FinetuneData Masked(FinetuneOptions options, Checkpoint checkpoint, ExampleReader reader, Padding padding,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        if (checkpoint.Architecture.Head is not Head.LanguageModel { Causal: false }) throw Lacks(checkpoint, options.Task,
            "a masked language model's head");
        var read = SampleReader.Read(options.Data, cancellation);
        var mask = MaskToken.Find(checkpoint.Folder, reader.Tokenizer);
        var special = reader.Tokenizer.Encode("").Ids.Append(mask)
            .Concat(reader.Tokenizer.PadId is { } pad ? [pad] : []).Distinct().ToArray();
        var vocabulary = Math.Min(reader.Tokenizer.VocabularySize, checkpoint.Architecture.VocabularyRows);
        return new FinetuneData(new MaskedLanguageObjective(padding, mask, special, vocabulary),
            reader.Texts(read.Samples, null, progress, cancellation), [], null, read.Notices);
    }

    static ScoredSamples Scored(FinetuneOptions options, CancellationToken cancellation)
    {
        var read = options.Glue is { } task ? GlueReader.ReadScored(task, options.Data, GlueSplit.Train, cancellation)
            : LabeledReader.ReadScored(options.Data, cancellation);
        read.RequireTwoScores(options.Data.Path);
        return read;
    }

    static BadInputException Lacks(Checkpoint checkpoint, string task, string expected)
        => new(checkpoint.Folder, $"{expected} (task {task})", checkpoint.ClassName, "Use a checkpoint with that head.");
}
