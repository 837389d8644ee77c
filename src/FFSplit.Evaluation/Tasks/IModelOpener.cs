using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Opens model folders of some kind for evaluation.</summary>
public interface IModelOpener
{
    /// <summary>What a folder's model can give, found without loading it.</summary>
    /// <exception cref="BadInputException">The folder cannot be used.</exception>
    ModelOutputs Outputs(string folder);

    /// <summary>Loads a folder. The caller disposes of the <see cref="EvaluatedModel.Model"/>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="maxLength">Most tokens of a text; null for what the folder says.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="BadInputException">The folder cannot be used.</exception>
    EvaluatedModel Open(string folder, string name, int? maxLength, CancellationToken cancellation);
}
