namespace FFSplit.Modeling.Training;

/// <summary>How the step size falls after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>In a straight line to 0.</summary>
    Linear,
    /// <summary>Along half a cosine to 0.</summary>
    Cosine,
    /// <summary>Not at all.</summary>
    Constant,
}

/// <summary>The step size of every step.</summary>
/// <param name="Kind">The course after the warm-up.</param>
/// <param name="Peak">The largest step size.</param>
/// <param name="WarmUpSteps">Steps in which it rises in a straight line: step i of W has (i + 1) / W of the peak.</param>
/// <param name="TotalSteps">After so many it is 0.</param>
public sealed record LearningRateSchedule(ScheduleKind Kind, double Peak, int WarmUpSteps, int TotalSteps)
{
    /// <summary>The step size of a step, counted from 0.</summary>
    public double At(int step)
    {
        if (step < WarmUpSteps) return Peak * (step + 1) / WarmUpSteps;
        var done = Math.Min(1, (double)(step - WarmUpSteps) / Math.Max(1, TotalSteps - WarmUpSteps));
        return Peak * Kind switch
        {
            ScheduleKind.Linear => 1 - done,
            ScheduleKind.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
            ScheduleKind.Constant => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(step), Kind, "Not a kind of schedule."),
        };
    }
}
