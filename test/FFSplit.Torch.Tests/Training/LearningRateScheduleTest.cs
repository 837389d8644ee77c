using FFSplit.Modeling.Training;

namespace FFSplit.Torch.Tests.Training;

public class LearningRateScheduleTest
{
    [Theory]
    [InlineData(ScheduleKind.Linear, 14, 0.5)]
    [InlineData(ScheduleKind.Linear, 9, 0.75)]
    [InlineData(ScheduleKind.Cosine, 14, 0.5)]
    [InlineData(ScheduleKind.Cosine, 9, 0.8535533905932737)]
    [InlineData(ScheduleKind.Constant, 20, 1)]
    public void After_the_warm_up_it_follows_its_kind(ScheduleKind kind, int step, double part)
        => Assert.Equal(part * 0.2, new LearningRateSchedule(kind, 0.2, 4, 24).At(step), 12);

    [Fact]
    public void It_rises_in_equal_steps_to_the_peak_and_ends_at_nothing()
    {
        var schedule = new LearningRateSchedule(ScheduleKind.Linear, 1, 4, 24);
        Assert.Equal([0.25, 0.5, 0.75, 1, 1], Enumerable.Range(0, 5).Select(schedule.At));
        Assert.Equal(0.05, schedule.At(23), 12);
        Assert.Equal(0, schedule.At(24), 12);
    }
}
