using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Modeling;

/// <summary>Opens Hugging Face folders and split checkpoints, to be run on libtorch.</summary>
/// <param name="allowedConfig">Config keys to pass over although they are not understood.</param>
public sealed class TorchModelOpener(IReadOnlyCollection<string> allowedConfig) : IModelOpener
{
    /// <inheritdoc/>
    public ModelOutputs Outputs(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder, allowedConfig);
        return AvailableOutputs.Of(checkpoint.Architecture, checkpoint.Pooling);
    }

    /// <inheritdoc/>
    public EvaluatedModel Open(string folder, string name, int? maxLength, CancellationToken cancellation)
        => LoadedModel.Load(folder, name, maxLength, allowedConfig, cancellation).Evaluated;
}
