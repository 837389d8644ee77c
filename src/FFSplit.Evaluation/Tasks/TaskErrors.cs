using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Evaluation.Tasks;

/// <summary>What can be wrong between a task and a model, said in one voice.</summary>
static class TaskErrors
{
    public static void Require(string model, string task, ModelOutputs needed, ModelOutputs available, string remedy)
    {
        if ((available & needed) != needed)
            throw new BadInputException(model, $"a model that gives {needed.Describe()} (task {task})", available.Describe(), remedy);
    }

    public static BadInputException NoHead(string model, string task, ModelOutputs available) =>
        new(model, $"a model with a classification or regression head (task {task})",
            available.HasFlag(ModelOutputs.Logits) ? "a language model's head" : available.Describe(),
            "Use a model that was trained for this task; ffsplit finetune gives it such a head.");

    public static BadInputException NotRegression(EvaluatedModel model, string task, int outputs) =>
        new(model.Name, $"a regression head, which has one output (task {task})", $"{outputs} outputs",
            "Use a model that was trained for this task.");

    public static void RefuseLabelMap(TaskOptions options, string task)
    {
        if (options.LabelMap is not null) throw new BadUsageException($"--label-map is for classification; the task {task} has no labels.");
    }

    public static void RefuseWindows(TaskOptions options, string task)
    {
        if (options.Windows is { Windows: null, Stride: null }) return;
        throw new BadUsageException($"{(options.Windows.Stride is null ? "--windows" : "--stride")}: only the task {PerplexityTask.TaskName} cuts text "
            + $"into windows, {task} does not. Leave it out.");
    }

    // A runtime that breaks its contract is our fault, not the user's.
    public static InvalidOperationException Shape(EvaluatedModel model, string output, string expected, DenseArray? found) =>
        new($"{model.Name}: {output} should be ({expected}), not ({(found is null ? "none" : string.Join(", ", found.Shape))}).");
}
