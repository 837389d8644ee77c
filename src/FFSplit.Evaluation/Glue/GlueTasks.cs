using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Glue;

/// <summary>GLUE's tasks, one record each.</summary>
public static class GlueTasks
{
    static readonly LabeledColumns s_pair = new("sentence1", "sentence2", "label");
    static readonly LabeledColumns s_single = new("sentence", null, "label");
    static readonly LabeledColumns s_questions = new("question1", "question2", "label");

    static readonly TaskLabel s_entailment = new("entailment", "entails", "entailed");
    static readonly TaskLabel s_notEntailment = new("not_entailment", "non_entailment", "no_entailment", "not_entailed");

    /// <summary>MNLI's labels in GLUE's order. Models were trained with this order, with the alphabet's and with this one reversed, so
    /// generic names are never enough.</summary>
    static readonly LabelSet s_mnli = new([s_entailment, new("neutral"), new("contradiction", "contradicts")]);

    static readonly IReadOnlyList<LabeledColumns> s_mnliColumns =
        [new("sentence1", "sentence2", "gold_label"), new("premise", "hypothesis", "label")];

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GlueTask> All { get; } =
    [
        new()
        {
            Name = "cola",
            Summary = "Matthews × 100: is the sentence acceptable English (GLUE CoLA).",
            // GLUE's file has no header, so the names of the hub's file go first.
            Columns = [s_single, new("3", null, "1")],
            Labels = new([new("unacceptable", "not_acceptable", "ungrammatical"), new("acceptable", "grammatical")]) { Numbered = true },
            Metrics = ["matthews", "accuracy"],
        },
        new()
        {
            Name = "sst-2",
            Summary = "Accuracy × 100: does the sentence like the film (GLUE SST-2).",
            Columns = [s_single],
            Labels = new([new("negative", "neg"), new("positive", "pos")]) { Numbered = true },
            Metrics = ["accuracy"],
        },
        new()
        {
            Name = "mrpc",
            Summary = "F1 × 100: do two sentences say the same (GLUE MRPC).",
            Columns = [new("#1 String", "#2 String", "Quality"), s_pair],
            Labels = new([new("not_equivalent", "non_equivalent", "not_paraphrase"), new("equivalent", "paraphrase")]) { Numbered = true },
            Metrics = ["f1", "accuracy"],
        },
        new()
        {
            Name = "qqp",
            Summary = "F1 × 100: do two questions ask the same (GLUE QQP).",
            Columns = [new("question1", "question2", "is_duplicate"), s_questions],
            Labels = new([new("not_duplicate", "non_duplicate", "not_paraphrase"), new("duplicate", "paraphrase")]) { Numbered = true },
            Metrics = ["f1", "accuracy"],
        },
        new()
        {
            Name = "glue-sts-b",
            Summary = "Spearman × 100 of a regression head's output against people's scores (GLUE STS-B).",
            Columns = [new("sentence1", "sentence2", "score"), s_pair],
            Metrics = ["spearman", "pearson"],
        },
        new()
        {
            Name = "mnli",
            Summary = "Accuracy × 100: does one sentence follow from the other (GLUE MNLI, matched).",
            Columns = s_mnliColumns,
            Labels = s_mnli,
            Metrics = ["accuracy"],
            DevFile = "dev_matched.tsv",
        },
        new()
        {
            Name = "mnli-mm",
            Summary = "The same on other genres than trained on (GLUE MNLI, mismatched).",
            Columns = s_mnliColumns,
            Labels = s_mnli,
            Metrics = ["accuracy"],
            DevFile = "dev_mismatched.tsv",
        },
        new()
        {
            Name = "qnli",
            Summary = "Accuracy × 100: does the sentence answer the question (GLUE QNLI).",
            Columns = [new("question", "sentence", "label")],
            Labels = new([s_entailment, s_notEntailment]),
            Metrics = ["accuracy"],
        },
        new()
        {
            Name = "rte",
            Summary = "Accuracy × 100: does one sentence follow from the other (GLUE RTE).",
            Columns = [s_pair],
            Labels = new([s_entailment, s_notEntailment]),
            Metrics = ["accuracy"],
        },
        new()
        {
            Name = "wnli",
            Summary = "Accuracy × 100: what a pronoun stands for (GLUE WNLI).",
            Columns = [s_pair],
            Labels = new([s_notEntailment, s_entailment]) { Numbered = true },
            Metrics = ["accuracy"],
        },
    ];

    /// <summary>The task of a name; null for none.</summary>
    public static GlueTask? Find(string name) => All.FirstOrDefault(t => string.Equals(t.Name, name, StringComparison.Ordinal));
}
