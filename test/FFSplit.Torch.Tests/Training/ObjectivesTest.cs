using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

public class ObjectivesTest
{
    static readonly Padding Padding = new(0, WithTypeIds: false);

    static Example Text(params int[] ids) => new(new TokenizedText(ids, new int[ids.Length]));

    [Fact]
    public void A_causal_model_learns_the_next_token_at_every_real_token_but_the_last()
    {
        var batch = new CausalLanguageObjective(Padding).Batch([Text(4, 5, 6), Text(7, 8)], seed: 0);
        Assert.Equal([0L, 1, 3], batch.Positions!);
        Assert.Equal([5d, 6, 8], batch.Targets);
    }

    [Fact]
    public void Masks_hide_a_part_of_the_ordinary_tokens_and_ask_for_what_was_there()
    {
        const int mask = 4;
        var objective = new MaskedLanguageObjective(Padding, mask, [1, 2, mask], vocabulary: 50);
        Example[] examples = [.. Enumerable.Range(0, 200).Select(row
            => Text([1, .. Enumerable.Range(0, 40).Select(t => 5 + (row + t) % 45), 2]))];
        var batch = objective.Batch(examples, seed: 3);
        Assert.Equal(200 * 6, batch.Count);
        var (masked, kept) = (0, 0);
        for (var i = 0; i < batch.Count; i++)
        {
            var (row, column) = ((int)(batch.Positions![i] / 42), (int)(batch.Positions[i] % 42));
            Assert.InRange(column, 1, 40);
            Assert.Equal(examples[row].Text.Ids[column], (int)batch.Targets[i]);
            var now = batch.Batch.InputIds[batch.Positions[i]];
            masked += now == mask ? 1 : 0;
            kept += now == (long)batch.Targets[i] ? 1 : 0;
        }
        Assert.InRange(masked / (double)batch.Count, 0.75, 0.85);
        Assert.InRange(kept / (double)batch.Count, 0.07, 0.15);
        Assert.Equal(batch.Batch.InputIds, objective.Batch(examples, seed: 3).Batch.InputIds);
        Assert.NotEqual(batch.Batch.InputIds, objective.Batch(examples, seed: 4).Batch.InputIds);
    }

    [Fact]
    public void CoSent_counts_every_pair_in_the_wrong_order()
    {
        using var scope = NewDisposeScope();
        double[] cosines = [0.9, 0.2, 0.6], scores = [3, 5, 1];
        // Unit vectors of two dimensions at the angles whose cosines these are.
        float[] sides = [.. cosines.SelectMany(c => new[] { 1f, 0f, (float)c, (float)Math.Sqrt(1 - c * c) })];
        var sum = 1.0;
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++)
                if (scores[i] > scores[j]) sum += Math.Exp(20 * (cosines[j] - cosines[i]));
        var objective = new SimilarityObjective(Padding, new SentencePooling([PoolingMode.Mean], true), SimilarityLoss.CoSent);
        var loss = objective.Loss(tensor(sides, 3, 4), new TaskBatch(null!, scores)).item<float>();
        Assert.Equal(3 * Math.Log(sum), loss, 3);
    }

    [Fact]
    public void Scores_of_a_classifier_agree_with_known_cases()
    {
        int[] truth = [1, 1, 0, 0, 1, 0], answers = [1, 0, 0, 1, 1, 0];
        var metrics = new ClassificationObjective(Padding).Judge([.. answers.Select(a => new[] { (double)a })],
            [.. truth.Select(t => (double)t)], 0);
        Assert.Equal(66.6667, metrics["accuracy"], 3);
        Assert.Equal(66.6667, metrics["f1"], 3);
        Assert.Equal(33.3333, metrics["matthews"], 3);
        // Of three labels F1 is the mean over them, as evaluate has it: 2/3, 2/5 and 0.
        metrics = new ClassificationObjective(Padding, labels: 3).Judge([.. new[] { 0, 0, 1, 1, 2 }.Select(a => new[] { (double)a })], [0, 1, 1, 2, 1], 0);
        Assert.Equal(100 * (2.0 / 3 + 2.0 / 5 + 0) / 3, metrics["macro_f1"], 6);
        Assert.False(metrics.ContainsKey("f1"));
    }
}
