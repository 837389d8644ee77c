using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling;

/// <summary>A checkpoint, dense or split, whole in memory as float32, run on libtorch.</summary>
public sealed class TorchModel : IBatchModel
{
    readonly SentencePooling? _pooling;
    readonly TorchWeights _weights;

    /// <summary>Loads all weights of a checkpoint, which may be closed afterwards.</summary>
    public TorchModel(Checkpoint checkpoint, CancellationToken cancellation = default)
    {
        Architecture = checkpoint.Architecture;
        _pooling = checkpoint.Pooling;
        _weights = new TorchWeights(checkpoint, Architecture.Bindings, cancellation);
    }

    /// <summary>What the model is.</summary>
    public Architecture Architecture { get; }

    /// <inheritdoc/>
    public ModelOutputs Available => AvailableOutputs.Of(Architecture, _pooling);

    /// <inheritdoc/>
    public ModelOutput Run(Batch batch, ModelOutputs wanted) => Run(batch, wanted, probe: null);

    /// <summary>Runs the forward pass under the eyes of a probe.</summary>
    public ModelOutput Run(Batch batch, ModelOutputs wanted, IFeedForwardProbe? probe)
    {
        if ((wanted & ~Available) is var missing and not ModelOutputs.None)
            throw new BadInputException("The model", $"one that gives {missing}", $"one that gives {Available}",
                "Use a checkpoint with the head that this task needs.");
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var context = new ForwardContext(Architecture, batch, _weights);
        var x = Forward.Embed(Architecture.Embeddings, _weights, context);
        foreach (var block in Architecture.Blocks)
        {
            using var inner = NewDisposeScope();
            var next = Forward.Block(block, _weights, x, context, probe).MoveToOuterDisposeScope();
            x.Dispose();
            x = next;
        }
        return ModelOutputReader.Read(Architecture, _pooling, _weights, Forward.Finish(Architecture, _weights, x), context, wanted);
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();
}
