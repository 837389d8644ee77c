using System.Globalization;
using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Configs;
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
        var labels = LabelsOf(checkpoint.Config);
        var model = new TorchModel(checkpoint, cancellation);
        return new LoadedModel(model, new EvaluatedModel(name ?? Path.GetFileName(checkpoint.Folder), model, tokenizer, length,
            pooling is null ? null : new TextPreparation(pooling.Prompt, pooling.LowerCase))
        { Labels = labels });
    }

    // id2label: {"0": "negative", …}; some folders hold numbers where names belong.
    static Dictionary<int, string>? LabelsOf(ModelConfig config)
    {
        if (config.Find("id2label") is not { } labels) return null;
        var names = new Dictionary<int, string>();
        if (labels.ValueKind != JsonValueKind.Object) throw Wrong(labels);
        foreach (var label in labels.EnumerateObject())
        {
            if (!int.TryParse(label.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                || label.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) throw Wrong(labels);
            names[index] = label.Value.ToString();
        }
        return names;

        BadInputException Wrong(JsonElement found) => new(config.Thing("id2label"), "an object of names by number, such as {\"0\": \"negative\"}",
            found.GetRawText() is { Length: > 60 } text ? text[..57] + "…" : found.GetRawText(), "Correct config.json.");
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
