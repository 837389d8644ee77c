using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Configs;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Modeling;

/// <summary>A model folder, dense or split, ready to run: weights in memory, tokenizer, and what the folder says about texts.</summary>
public sealed class LoadedModel : IDisposable
{
    LoadedModel(TorchModel model, EvaluatedModel evaluated) => (Model, Evaluated) = (model, evaluated);

    /// <summary>The model.</summary>
    public TorchModel Model { get; }

    /// <summary>The model as an evaluation sees it.</summary>
    public EvaluatedModel Evaluated { get; }

    /// <summary>Its tokenizer.</summary>
    public ITextTokenizer Tokenizer => Evaluated.Tokenizer;

    /// <summary>Loads a folder.</summary>
    /// <param name="folder">A Hugging Face folder or a split checkpoint.</param>
    /// <param name="name">What reports call it; null for the folder's name.</param>
    /// <param name="maxLength">Most tokens of a text; null for what the folder says.</param>
    /// <param name="allowedConfig">Config keys to pass over.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <exception cref="BadInputException">The folder cannot be used as it is.</exception>
    public static LoadedModel Load(string folder, string? name = null, int? maxLength = null, IReadOnlyCollection<string>? allowedConfig = null,
        CancellationToken cancellation = default)
    {
        using var checkpoint = Checkpoint.Open(folder, allowedConfig);
        var tokenizer = TextTokenizer.Load(checkpoint.Folder);
        var pooling = checkpoint.Pooling;
        var length = MaxLengthRule.Choose(maxLength, pooling?.MaxLength, tokenizer.ModelMaxLength, checkpoint.Architecture.MaximumLength);
        var labels = OutputNames.Of(checkpoint.Config);
        var model = new TorchModel(checkpoint, cancellation);
        return new LoadedModel(model, new EvaluatedModel(name ?? Path.GetFileName(checkpoint.Folder), model, tokenizer, length,
            TextPreparation.Of(pooling))
        { Labels = labels });
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
