using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Running;

/// <summary>One forward pass, whose tensors belong to the caller's dispose scope.</summary>
public sealed class ModelPass : IDisposable
{
    ModelPass(Architecture architecture, IWeightSource weights, ForwardContext context)
        => (Architecture, Weights, Context) = (architecture, weights, context);

    /// <summary>The model.</summary>
    public Architecture Architecture { get; }

    /// <summary>Its weights.</summary>
    public IWeightSource Weights { get; }

    /// <summary>Of the batch.</summary>
    public ForwardContext Context { get; }

    /// <summary>Outputs of the blocks, (rows × length × hidden size) each; empty where they were not to be kept.</summary>
    public IReadOnlyList<Tensor> Blocks { get; private set; } = [];

    /// <summary>The last hidden states, after final norm and projection.</summary>
    public Tensor Last { get; private set; } = null!;

    /// <summary>Runs embeddings and blocks.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="dropout">What is dropped; null for nothing.</param>
    /// <param name="keepBlocks">Whether the blocks' outputs are kept.</param>
    /// <param name="watch">Called with the name of each part and its output as they come.</param>
    public static ModelPass Run(Architecture architecture, IWeightSource weights, Batch batch, DropoutSource? dropout,
        bool keepBlocks = false, Action<string, Tensor>? watch = null)
    {
        var pass = new ModelPass(architecture, weights, new ForwardContext(architecture, batch, weights) { Dropout = dropout });
        try
        {
            pass.Run(keepBlocks, watch);
            return pass;
        }
        catch
        {
            pass.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Context.Dispose();

    void Run(bool keepBlocks, Action<string, Tensor>? watch)
    {
        var blocks = new List<Tensor>();
        var x = Scoped(() => Forward.Embed(Architecture.Embeddings, Weights, Context));
        watch?.Invoke("the embeddings' output", x);
        foreach (var block in Architecture.Blocks)
        {
            var next = Scoped(() => Forward.Block(block, Weights, x, Context));
            // What autograd needs, it holds itself.
            if (block.Index == 0 || !keepBlocks) x.Dispose();
            x = next;
            if (keepBlocks) blocks.Add(x);
            watch?.Invoke($"the output of block {block.Index}", x);
        }
        Blocks = blocks;
        // Not in a scope of its own: it may be the last block's output itself, which must not leave the caller's scope.
        Last = Forward.Finish(Architecture, Weights, x);
        watch?.Invoke("the last hidden states", Last);
    }

    // So that tensors between two steps do not wait for the end of the pass.
    static Tensor Scoped(Func<Tensor> make)
    {
        using var scope = NewDisposeScope();
        return make().MoveToOuterDisposeScope();
    }
}
