using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Exports;
using FFSplit.Evaluation.Tasks;
using FFSplit.Modeling;
using FFSplit.Runtime;

namespace FFSplit.Experiments.Judging;

/// <summary>Opens whatever lies in a folder: an exported model for ONNX Runtime, anything else for libtorch.</summary>
/// <param name="allowedConfig">Config keys to pass over although they are not understood.</param>
/// <param name="exported">How exported models are run; null for the defaults.</param>
public sealed class AnyModelOpener(IReadOnlyCollection<string> allowedConfig, RuntimeOptions? exported = null) : IModelOpener
{
    readonly RuntimeOptions _exported = exported ?? new RuntimeOptions();
    readonly TorchModelOpener _torch = new(allowedConfig);

    /// <inheritdoc/>
    public ModelOutputs Outputs(string folder)
    {
        if (!ExportRecord.IsIn(folder)) return _torch.Outputs(folder);
        using var model = ExportedModel.Load(folder, _exported);
        return model.Model.Available;
    }

    /// <inheritdoc/>
    public EvaluatedModel Open(string folder, string name, int? maxLength, CancellationToken cancellation)
    {
        if (!ExportRecord.IsIn(folder)) return _torch.Open(folder, name, maxLength, cancellation);
        var model = ExportedModel.Load(folder, _exported with { MaxLength = maxLength });
        return new EvaluatedModel(name, model.Model, model.Tokenizer, model.MaxLength, model.Preparation) { Labels = model.Labels };
    }
}
