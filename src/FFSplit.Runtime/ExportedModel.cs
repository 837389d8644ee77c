using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Configs;
using FFSplit.Checkpoints.Exports;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Runtime.Sessions;

namespace FFSplit.Runtime;

/// <summary>An exported folder, loaded: the model, its tokenizer, and what the folder says about texts. Any number of threads may use it.</summary>
public sealed class ExportedModel : IDisposable
{
    // Where calls wait that hold no thread meanwhile; those that get in are at most what the session's own gate takes.
    readonly RunGate _calls;

    ExportedModel(string folder, ExportRecord record, RuntimeOptions options)
    {
        (Folder, Record, Options) = (folder, record, options);
        Name = Path.GetFileName(folder);
        Tokenizer = TextTokenizer.Load(folder);
        var config = ModelConfig.Load(folder);
        Labels = OutputNames.Of(config);
        // One call more than runs, where calls may wait at all: it prepares its texts while another one computes.
        var ahead = Math.Min(1, options.WaitingCalls);
        _calls = new RunGate(options.ConcurrentRuns + ahead, options.WaitingCalls - ahead);
        Model = new OnnxModel(Path.Combine(folder, options.ModelFile ?? record.ModelFile), options);
        try
        {
            var pooling = Model.EmbeddingSize is null ? null : SentencePooling.Load(folder, size: null);
            Preparation = TextPreparation.Of(pooling);
            MaxLength = MaxLengthRule.Choose(options.MaxLength, pooling?.MaxLength, Tokenizer.ModelMaxLength, record.MaximumLength);
        }
        catch
        {
            Model.Dispose();
            throw;
        }
    }

    /// <summary>Loads a folder that ffsplit export wrote.</summary>
    /// <param name="folder">With ffsplit-export.json.</param>
    /// <param name="options">How it is run; null for the defaults.</param>
    /// <exception cref="BadInputException">The folder is no export, is damaged, or of a newer version.</exception>
    /// <exception cref="BadUsageException">An option out of its range.</exception>
    public static ExportedModel Load(string folder, RuntimeOptions? options = null)
    {
        options ??= new RuntimeOptions();
        options.Validate();
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return new ExportedModel(folder, ExportRecord.Read(folder), options);
    }

    /// <summary>Full path of the folder.</summary>
    public string Folder { get; }

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>What the folder says of itself.</summary>
    public ExportRecord Record { get; }

    /// <summary>How it is run.</summary>
    public RuntimeOptions Options { get; }

    /// <summary>The model.</summary>
    public OnnxModel Model { get; }

    /// <summary>The tokenizer.</summary>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>Most tokens of a text.</summary>
    public int MaxLength { get; }

    /// <summary>What a sentence encoder wants done to a text first; null for others.</summary>
    public TextPreparation? Preparation { get; }

    /// <summary>Names of a classifier's outputs; null where the folder gives none.</summary>
    public IReadOnlyDictionary<int, string>? Labels { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Model.Dispose();
        _calls.Dispose();
    }

    /// <summary>Makes a call once it is its turn, without holding a thread until then.</summary>
    internal async Task<T> InTurnAsync<T>(Func<T> call, CancellationToken cancellation)
    {
        using var turn = await _calls.EnterAsync(cancellation).ConfigureAwait(false);
        // ONNX Runtime's own threads do the work, but one has to wait for them; it must not be the caller's.
        return await Task.Run(call, cancellation).ConfigureAwait(false);
    }

    /// <summary>Fails where the model lacks an output.</summary>
    internal void Require(ModelOutputs outputs, string purpose)
    {
        if ((Model.Available & outputs) != outputs)
            throw new BadInputException(Folder, $"a model that gives {outputs.Describe()} ({purpose})", Model.Available.Describe(),
                "Export a model that was made for this.");
    }
}
