using FFSplit.Checkpoints;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Recovery;
using FFSplit.Modeling.Training.Running;
using TorchSharp;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

[Collection(nameof(TensorCounts))]
public class TrainerTest
{
    static readonly TrainingOptions Fast = new()
    {
        Epochs = 30,
        BatchSize = 8,
        LearningRate = 3e-3,
        Dropout = 0,
        ValidationShare = 0,
        Compute = ComputeType.FullPrecision
    };

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_tiny_set_is_learnt_by_heart(ScalarType compute)
    {
        using var run = new TinyRun(compute);
        var result = Train(run, Fast);
        Assert.InRange(result.Losses[0], 0.3, 3);
        Assert.True(result.Losses[^1] < 0.02, $"loss {result.Losses[^1]}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_seed_others()
    {
        var options = Fast with { Epochs = 3, Dropout = 0.2 };
        using var first = new TinyRun();
        using var second = new TinyRun();
        using var third = new TinyRun();
        Assert.Equal(Train(first, options).Losses, Train(second, options).Losses);
        Assert.Equal(first.Values(), second.Values());
        Train(third, options with { Seed = 1 });
        Assert.NotEqual(first.Values(), third.Values());
    }

    [Fact]
    public void Accumulated_batches_give_the_step_of_one_large_batch()
    {
        using var large = new TinyRun();
        using var small = new TinyRun();
        var one = Train(large, Fast with { Epochs = 1, BatchSize = 24 });
        var two = Train(small, Fast with { Epochs = 1, BatchSize = 5, Accumulate = 5 });
        Assert.Single(one.Losses);
        Assert.Single(two.Losses);
        Assert.Equal(one.Losses[0], two.Losses[0], 5);
        Assert.Equal(Norm(large), Norm(small), 1e-4);

        double Norm(TinyRun run) => Math.Sqrt(run.Values().Sum(v => (double)v * v));
    }

    [Fact]
    public void Only_chosen_weights_move()
    {
        using var run = new TinyRun(trained: a => a.Blocks.SelectMany(b => b.FeedForward.Bindings));
        var query = run.Architecture.Blocks[0].Attention.Query.Weight;
        var (still, moving) = (run.Weights[query].data<float>().ToArray(), run.Values());
        Train(run, Fast with { Epochs = 1 });
        Assert.Equal(still, run.Weights[query].data<float>().ToArray());
        Assert.NotEqual(moving, run.Values());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(9)]
    public void A_run_that_was_cancelled_goes_on_to_the_same_losses_and_weights(int stopAfter)
    {
        var options = Fast with { Epochs = 4, Dropout = 0.2, Accumulate = 2, BatchSize = 3 };
        using var whole = new TinyRun();
        using var broken = new TinyRun();
        using var resumed = new TinyRun();
        var expected = Train(whole, options, validation: 6);
        using (var cancel = new CancellationTokenSource())
        using (var trainer = new Trainer(broken.Setup(6), options, Folder(broken)))
            Assert.Throws<OperationCanceledException>(() => trainer.Run(watch: step => { if (step.Step == stopAfter) cancel.Cancel(); },
                cancellation: cancel.Token));
        using var second = new Trainer(resumed.Setup(6), options, Folder(broken));
        Assert.Equal(stopAfter, second.Resumed);
        var actual = second.Run();
        Assert.Equal(expected.Losses, actual.Losses);
        Assert.Equal(expected.BestStep, actual.BestStep);
        Assert.Equal(expected.Judgements.Select(j => j.Metrics["loss"]), actual.Judgements.Select(j => j.Metrics["loss"]));
        Assert.Equal(whole.Values(), resumed.Values());
    }

    [Fact]
    public void A_run_that_was_killed_goes_on_from_its_last_checkpoint()
    {
        var options = Fast with { Epochs = 4, Dropout = 0.2 };
        using var whole = new TinyRun();
        using var killed = new TinyRun();
        using var resumed = new TinyRun();
        var expected = Train(whole, options, validation: 6);
        using (var trainer = new Trainer(killed.Setup(6), options, Folder(killed, saveEvery: 3)))
            Assert.Throws<InvalidOperationException>(() => trainer.Run(watch: step
                =>
            { if (step.Step == 8) throw new InvalidOperationException("dies"); }));
        using var second = new Trainer(resumed.Setup(6), options, Folder(killed, saveEvery: 3));
        Assert.Equal(6, second.Resumed);
        Assert.Equal(expected.Losses, second.Run().Losses);
        Assert.Equal(whole.Values(), resumed.Values());
    }

    [Fact]
    public void Going_on_with_another_option_is_refused_by_its_name()
    {
        using var run = new TinyRun();
        using (var trainer = new Trainer(run.Setup(), Fast with { MaxSteps = 2 }, Folder(run, 1))) trainer.Run();
        var other = new RunFolder(run.RunFolder, new Dictionary<string, string> { ["--learning-rate"] = "2" }, 1);
        var error = Assert.Throws<BadUsageException>(() => new Trainer(run.Setup(), Fast, other));
        Assert.Contains("--learning-rate", error.Message, StringComparison.Ordinal);
        Assert.Contains("--restart", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_weights_are_kept_and_patience_ends_the_run()
    {
        using var run = new TinyRun();
        // So large a step that the validation part gets worse at once or soon.
        var result = Train(run, Fast with
        {
            LearningRate = 0.3,
            ValidateEvery = 1,
            Patience = 2,
            Schedule = ScheduleKind.Constant,
            WarmUp = 0,
            Metric = "loss",
            ValidationShare = 0.1
        }, validation: 8);
        Assert.True(result.StoppedEarly);
        Assert.Equal(result.Judgements.Min(j => j.Metrics["loss"]), result.Best!["loss"]);
        var now = new Judge(run.Setup(8), "loss", 8).Measure(default);
        Assert.Equal(result.Best["loss"], now["loss"], 6);
    }

    [Theory]
    [InlineData(0, "block 0")]
    [InlineData(1, "block 1")]
    public void A_number_that_is_none_stops_the_run_with_step_and_block(int layer, string place)
    {
        using var run = new TinyRun();
        using (no_grad()) run.Weights[run.Architecture.Blocks[layer].FeedForward.Heavy!.Up.Weight].fill_(float.NaN);
        var error = Assert.Throws<NonFiniteException>(() => Train(run, Fast));
        Assert.Contains("step 1", error.Message, StringComparison.Ordinal);
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_thousand_steps_leave_no_tensor_behind()
    {
        using var run = new TinyRun(examples: 32);
        using var teacherCheckpoint = Checkpoint.Open(run.Model, newHead: new NewHead(2));
        using var teacher = new Distillation(teacherCheckpoint, run.Architecture, run.Objective, new DistillationOptions(),
            ScalarType.Float32);
        var options = Fast with { Epochs = 1000, MaxSteps = 1000, BatchSize = 2, Dropout = 0.1, LearningRate = 1e-4, ValidationShare = 0.1, ValidateEvery = 100 };
        using var trainer = new Trainer(run.Setup(4, teacher), options);
        var counts = new List<(long Live, long Total)>();
        trainer.Run(watch: step =>
        {
            // What other tests left to the collector must not hide what this one leaves.
            if (step.Step == 150)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            counts.Add((DisposeScopeManager.Statistics.ThreadTotalLiveCount, Tensor.TotalCount));
        });
        // The first judgement makes room for the best weights, once.
        var (early, late) = (counts[149], counts[^1]);
        Assert.Equal(1000, counts.Count);
        Assert.True(late.Live <= early.Live, $"{early.Live} tensors after 150 steps, {late.Live} after 1,000");
        Assert.True(late.Total <= early.Total, $"{early.Total} tensors after 150 steps, {late.Total} after 1,000");
    }

    [Fact]
    public void A_student_comes_near_to_its_teacher()
    {
        using var teacherRun = new TinyRun(seed: 1);
        Train(teacherRun, Fast);
        TrainedFolder.Write(teacherRun.Checkpoint, teacherRun.Weights,
            new TrainedFolderOptions { Output = teacherRun.File("teacher"), Labels = ["a", "b"] });
        using var teacherCheckpoint = Checkpoint.Open(teacherRun.File("teacher"));
        using var run = new TinyRun(seed: 2);
        using var teacher = new Distillation(teacherCheckpoint, run.Architecture, run.Objective, new DistillationOptions { Task = 0 },
            ScalarType.Float32);
        using var trainer = new Trainer(run.Setup(teacher: teacher), Fast);
        var result = trainer.Run();
        Assert.True(result.Losses[^1] < 0.1 * result.Losses[0], $"loss {result.Losses[0]} to {result.Losses[^1]}");
    }

    [Fact]
    public void A_teacher_of_another_shape_is_refused()
    {
        using var run = new TinyRun();
        using var folder = new TemporaryFolder();
        using var wide = Checkpoint.Open(Helpers.TinyModel.Encoder(folder.File("wide"), new(Hidden: 32)), newHead: new NewHead(2));
        Assert.Contains("hidden size", Refusal(wide), StringComparison.Ordinal);
        using var headless = Checkpoint.Open(run.Model);
        Assert.Contains("head", Refusal(headless), StringComparison.Ordinal);

        string Refusal(Checkpoint teacher) => Assert.Throws<BadInputException>(
            () => new Distillation(teacher, run.Architecture, run.Objective, new DistillationOptions(), ScalarType.Float32)).Message;
    }

    static TrainingResult Train(TinyRun run, TrainingOptions options, int validation = 0)
    {
        using var trainer = new Trainer(run.Setup(validation), options);
        return trainer.Run();
    }

    static RunFolder Folder(TinyRun run, int saveEvery = 100) => new(run.RunFolder, new Dictionary<string,
        string>
    { ["--learning-rate"] = "1" }, saveEvery);
}
