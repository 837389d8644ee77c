using FFSplit.Checkpoints;
using FFSplit.Evaluation.Glue;

namespace FFSplit.Evaluation.Tasks;

/// <summary>All tasks by name. A new task is one new file and one line here; a task of GLUE is one record of
/// <see cref="GlueTasks"/>.</summary>
/// <remarks>sts-b needs no training: the cosine of sentence embeddings. glue-sts-b is the same data judged by a trained regression
/// head.</remarks>
public static class TaskRegistry
{
    static readonly (string Name, string Summary, Func<TaskOptions, CancellationToken, IEvaluationTask> Make)[] s_tasks =
    [
        (StsBenchmarkTask.TaskName, StsBenchmarkTask.Summary, (options, cancel) => new StsBenchmarkTask(options, cancel)),
        (PerplexityTask.TaskName, PerplexityTask.Summary, (options, cancel) => new PerplexityTask(options, cancel)),
        (LambadaTask.TaskName, LambadaTask.Summary, (options, cancel) => new LambadaTask(options, cancel)),
        .. GlueTasks.All.Select(task => (task.Name, task.Summary, Maker(task))),
        (ClassificationTask.OwnName, ClassificationTask.OwnSummary, ClassificationTask.OfOwnData),
        (RegressionTask.OwnName, RegressionTask.OwnSummary, RegressionTask.OfOwnData),
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

    static Func<TaskOptions, CancellationToken, IEvaluationTask> Maker(GlueTask task) =>
        task.Labels is null
            ? (options, cancel) => RegressionTask.Of(task, options, cancel)
            : (options, cancel) => ClassificationTask.Of(task, options, cancel);
}
