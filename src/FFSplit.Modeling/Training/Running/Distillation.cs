using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Running;

/// <summary>What a student learns from its teacher beside the task: its outputs, and the output of every block.</summary>
public sealed class Distillation : IDisposable
{
    readonly Architecture _teacher;
    readonly TrainableWeights _weights;
    readonly DistillationOptions _options;
    readonly IObjective _objective;
    readonly int[] _blocks;

    /// <summary>Loads a teacher, which may be closed afterwards.</summary>
    /// <param name="teacher">The dense model.</param>
    /// <param name="student">The model that learns.</param>
    /// <param name="objective">Of the run.</param>
    /// <param name="options">How much each part counts.</param>
    /// <param name="compute">Precision of the teacher's products.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="BadInputException">A teacher of another shape or vocabulary, or without a head for the task.</exception>
    public Distillation(Checkpoint teacher, Architecture student, IObjective objective, DistillationOptions options, ScalarType compute,
        CancellationToken cancellation = default)
    {
        (_teacher, _options, _objective) = (teacher.Architecture, options, objective);
        Check(teacher, student, options);
        // Where blocks were dropped, the student's are held against as many of the teacher's at even distances, the last against the last.
        var (own, others) = (student.Blocks.Count, _teacher.Blocks.Count);
        _blocks = options.Hidden > 0 ? [.. Enumerable.Range(0, own).Select(i => (int)((i + 1L) * others / own) - 1)] : [];
        if (own != others && _blocks.Length > 0)
            Notice = $"The teacher has {others} blocks, the student {own}: outputs of blocks are held against those of the teacher's blocks {string.Join(", ", _blocks)}.";
        _weights = new TrainableWeights(teacher, compute, [], cancellation: cancellation);
    }

    /// <summary>What the user should know; null for nothing.</summary>
    public string? Notice { get; }

    /// <summary>How much the task's own loss counts.</summary>
    public double TaskWeight => _options.Task;

    /// <summary>Whether the student's pass must keep its blocks' outputs.</summary>
    public bool NeedsBlocks => _blocks.Length > 0;

    /// <summary>The weighted loss of a batch besides the task's, as a sum over its outputs.</summary>
    public Tensor Loss(ModelPass student, Tensor outputs, TaskBatch batch)
    {
        using var scope = NewDisposeScope();
        Tensor? teacherOutputs = null;
        IReadOnlyList<Tensor> teacherBlocks;
        using (no_grad())
        using (var pass = ModelPass.Run(_teacher, _weights, batch.Batch, dropout: null, NeedsBlocks))
        {
            teacherBlocks = pass.Blocks;
            if (_options.Logits > 0) teacherOutputs = _objective.Outputs(pass, batch);
        }
        var loss = zeros(1).sum();
        if (teacherOutputs is not null) loss = loss.Plus(Difference(outputs, teacherOutputs).Times(_options.Logits));
        if (NeedsBlocks)
        {
            var real = student.Context.Mask.to(ScalarType.Float32).unsqueeze(-1);
            var sum = zeros(1).sum();
            for (var i = 0; i < _blocks.Length; i++)
            {
                var target = teacherBlocks[_blocks[i]];
                sum = sum.Plus((student.Blocks[i].Minus(target) * real).square().sum() / (target * real).square().sum().AtLeast(1e-12));
            }
            loss = loss.Plus(sum.Times(_options.Hidden * batch.Count / _blocks.Length));
        }
        return loss.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    Tensor Difference(Tensor student, Tensor teacher)
    {
        if (!_objective.Distribution) return student.Minus(teacher).square().sum();
        // T² keeps the gradient's size whatever the temperature (Hinton and others, "Distilling the knowledge in a neural network", 2015).
        var temperature = _options.Temperature;
        var own = nn.functional.log_softmax(student.Over(temperature), 1);
        var log = nn.functional.log_softmax(teacher.Over(temperature), 1);
        return (log.exp() * log.Minus(own)).sum().Times(temperature * temperature);
    }

    static void Check(Checkpoint teacher, Architecture student, DistillationOptions options)
    {
        var model = teacher.Architecture;
        if (model.VocabularyRows != student.VocabularyRows)
            throw Wrong("the teacher's vocabulary", $"{student.VocabularyRows} rows of the token table, as the student has",
                $"{model.VocabularyRows}", "Use the model that the student was made from.");
        if (options.Hidden > 0 && model.HiddenSize != student.HiddenSize)
            throw Wrong("the teacher's hidden size", $"{student.HiddenSize}, as the student has", $"{model.HiddenSize}",
                "Use the model that the student was made from, or --hidden-weight 0.");
        if (options.Hidden > 0 && model.Blocks.Count < student.Blocks.Count)
            throw Wrong("the teacher's blocks", $"at least {student.Blocks.Count}, as the student has", $"{model.Blocks.Count}",
                "Use the model that the student was made from, or --hidden-weight 0.");
        if (options.Logits > 0 && Describe(model) != Describe(student))
            throw Wrong("the teacher's head", Describe(student), Describe(model),
                "Fine-tune the teacher on this task first, or use --logits-weight 0.");

        BadInputException Wrong(string part, string expected, string found, string remedy)
            => new($"{teacher.Folder}, {part}", expected, found, remedy);
    }

    static string Describe(Architecture model) => model.Head switch
    {
        Head.Classifier head => $"a classifier of {head.Labels} labels",
        Head.LanguageModel head => $"a {(head.Causal ? "causal" : "masked")} language model of {head.Decoder.Out} tokens",
        _ => $"no head on {model.OutputSize} dimensions",
    };
}
