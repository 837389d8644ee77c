using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Tasks;

/// <summary>All tasks by name. A new task is one new file and one line here.</summary>
public static class TaskRegistry
{
    static readonly (string Name, string Summary, Func<TaskOptions, CancellationToken, IEvaluationTask> Make)[] s_tasks =
    [
        (StsBenchmarkTask.TaskName, StsBenchmarkTask.Summary, (options, cancel) => new StsBenchmarkTask(options, cancel)),
        (PerplexityTask.TaskName, PerplexityTask.Summary, (options, cancel) => new PerplexityTask(options, cancel)),
    ];

    /// <summary>Names with a sentence each, for help texts.</summary>
    public static IReadOnlyList<(string Name, string Summary)> Tasks { get; } = [.. s_tasks.Select(t => (t.Name, t.Summary))];

    /// <summary>Makes a task, which reads its data.</summary>
    /// <exception cref="BadUsageException">An unknown name, or options that contradict each other.</exception>
    /// <exception cref="BadInputException">Data that cannot be used.</exception>
    public static IEvaluationTask Create(string name, TaskOptions options, CancellationToken cancel = default)
    {
        foreach (var task in s_tasks)
            if (string.Equals(task.Name, name, StringComparison.Ordinal))
                return task.Make(options, cancel);
        throw new BadUsageException($"There is no task '{name}'. The tasks are {string.Join(", ", s_tasks.Select(t => t.Name))}.");
    }
}
