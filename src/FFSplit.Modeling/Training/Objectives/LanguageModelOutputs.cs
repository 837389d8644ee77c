using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>What both kinds of language model share: tokens as labels at some positions.</summary>
static class LanguageModelOutputs
{
    public static readonly IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics = [("perplexity", false)];

    // Positions that count are chosen before the decoder, whose work is most of a small model's.
    public static Tensor Logits(ModelPass pass, TaskBatch batch)
        => Forward.LanguageModelLogits((Head.LanguageModel)pass.Architecture.Head, pass.Weights,
            pass.Last.reshape(-1, pass.Last.shape[2]).index_select(0, tensor(batch.Positions!)));

    public static Tensor Loss(Tensor outputs, TaskBatch batch)
        => nn.functional.cross_entropy(outputs, tensor(Array.ConvertAll(batch.Targets, t => (long)t)), reduction: nn.Reduction.Sum);

    public static Dictionary<string, double> Perplexity(double meanLoss) => new() { ["perplexity"] = Math.Exp(meanLoss) };
}
