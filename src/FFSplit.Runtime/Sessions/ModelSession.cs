using FFSplit.Checkpoints;
using Microsoft.ML.OnnxRuntime;

namespace FFSplit.Runtime.Sessions;

/// <summary>A loaded model file. Several threads may run it; a cancelled run really stops.</summary>
sealed class ModelSession : IDisposable
{
    readonly InferenceSession _session;
    readonly RunGate _gate;

    /// <summary>Loads a file.</summary>
    /// <param name="path">Of the model.</param>
    /// <param name="options">Valid.</param>
    /// <exception cref="BadInputException">The file is missing, cut short or no model that this ONNX Runtime knows.</exception>
    public ModelSession(string path, RuntimeOptions options)
    {
        if (!File.Exists(path))
            throw new BadInputException(path, "an exported model", "nothing there", "Name a folder that ffsplit export wrote.");
        using var settings = new SessionOptions
        {
            IntraOpNumThreads = options.Threads ?? Environment.ProcessorCount,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            // Plans memory for one shape; batches have ever other ones.
            EnableMemoryPattern = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spinning ? "1" : "0");
        // Between runs nobody gains by it.
        settings.AddSessionConfigEntry("session.force_spinning_stop", "1");
        if (Processor.OverflowsOnBytes) settings.AddSessionConfigEntry("session.x64quantprecision", "1");
        try
        {
            _session = new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new BadInputException(path, "an ONNX model that ONNX Runtime can load", exception.Message.ReplaceLineEndings(" "),
                "Export the model again; a copy may have been cut short.");
        }
        _gate = new RunGate(options.ConcurrentRuns, options.WaitingCalls);
        Outputs = [.. _session.OutputNames];
        Inputs = [.. _session.InputNames];
    }

    /// <summary>Names of the model's inputs.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Names of the model's outputs.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>The last axis of an output; −1 where it varies.</summary>
    public int Width(string output) => _session.OutputMetadata[output].Dimensions[^1];

    /// <summary>Number of an output's axes.</summary>
    public int Rank(string output) => _session.OutputMetadata[output].Dimensions.Length;

    /// <summary>Lengths of an input's axes; −1 where they vary.</summary>
    public int[] Shape(string input) => _session.InputMetadata[input].Dimensions;

    /// <summary>Runs the model once it is its turn.</summary>
    /// <param name="names">Of the inputs.</param>
    /// <param name="values">Owned by the caller.</param>
    /// <param name="outputs">What is wanted.</param>
    /// <param name="cancellation">Stops the run in the middle.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="RuntimeBusyException">Too many wait.</exception>
    public IDisposableReadOnlyCollection<OrtValue> Run(IReadOnlyCollection<string> names, IReadOnlyCollection<OrtValue> values,
        IReadOnlyCollection<string> outputs, CancellationToken cancellation)
    {
        using var turn = _gate.Enter(cancellation);
        // Its own for each run: terminating stops all that share it.
        using var run = new RunOptions();
        using var stop = cancellation.Register(() => run.Terminate = true);
        try
        {
            return _session.Run(run, names, values, outputs);
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session.Dispose();
        _gate.Dispose();
    }
}
