using System.Runtime.CompilerServices;
using System.Text;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Runtime.Generation;

namespace FFSplit.Runtime;

/// <summary>Continues texts.</summary>
/// <param name="model">A causal language model; owned by the caller.</param>
/// <exception cref="BadInputException">The model is none.</exception>
public sealed class TextGenerator(ExportedModel model)
{
    readonly ExportedModel _model = Checked(model);

    /// <summary>The new tokens' ids.</summary>
    /// <param name="prompt">Ids to continue; at least one.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops in the middle of a token.</param>
    /// <exception cref="BadInputException">The prompt is empty, or fills the model's length.</exception>
    public IEnumerable<int> GenerateIds(IReadOnlyList<int> prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Validate();
        if (prompt.Count == 0) throw new BadInputException("the prompt", "at least one token", "none", "Give a text to continue.");
        if (prompt.Count >= _model.MaxLength)
            throw new BadInputException("the prompt", $"fewer than {_model.MaxLength} tokens, the model's length", $"{prompt.Count}", "Shorten it.");
        return Steps();

        IEnumerable<int> Steps()
        {
            using var run = new DecodingRun(_model.Model);
            var sampler = new TokenSampler(options);
            var ids = prompt.ToList();
            IReadOnlyList<int> next = prompt;
            var most = Math.Min(options.MaxTokens, _model.MaxLength - prompt.Count);
            for (var i = 0; i < most; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var id = sampler.Next(run.Run(next, cancellation), ids);
                if (id == _model.Tokenizer.EndOfSequenceId) yield break;
                RuntimeMeter.Generated(_model.Name);
                ids.Add(id);
                next = [id];
                yield return id;
            }
        }
    }

    /// <summary>The continuation, in pieces as they come; a piece is whole characters.</summary>
    /// <param name="prompt">The text to continue.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Stops in the middle of a token.</param>
    public async IAsyncEnumerable<string> Generate(string prompt, GenerationOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        var ids = new List<int>();
        var given = 0;
        using var steps = GenerateIds(_model.Tokenizer.Encode(prompt).Ids, options, cancellation).GetEnumerator();
        // A stop text may begin in what is there and end in what comes.
        var held = options.Stop.Count == 0 ? 0 : options.Stop.Max(s => s.Length) - 1;
        var text = "";
        while (await Task.Run(steps.MoveNext, cancellation).ConfigureAwait(false))
        {
            ids.Add(steps.Current);
            text = _model.Tokenizer.Decode(ids, skipSpecialTokens: true);
            if (options.Stop.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).Min() is >= 0 and var end)
            {
                if (end > given) yield return text[given..end];
                yield break;
            }
            // Of a character whose bytes are not all there yet, the decoder gives the replacement character.
            var whole = text.EndsWith(Rune.ReplacementChar.ToString(), StringComparison.Ordinal) ? given : text.Length - held;
            if (whole <= given) continue;
            yield return text[given..whole];
            given = whole;
        }
        if (text.Length > given) yield return text[given..];
    }

    static ExportedModel Checked(ExportedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Require(ModelOutputs.Logits, "generation");
        return model.Model.Generates ? model
            : throw new BadInputException(model.Folder, "a causal language model", "another one", "Export a model that was trained to continue text.");
    }
}
