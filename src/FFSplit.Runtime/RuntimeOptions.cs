using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Runtime;

/// <summary>How an exported model is run.</summary>
public sealed record RuntimeOptions
{
    /// <summary>Threads of one run; null for one for each processor that the process may use (a container's quota counts).</summary>
    public int? Threads { get; init; }

    /// <summary>Whether a run's threads keep their processors busy while they wait for its next piece of work: faster where nothing else wants
    /// the processors, slower for both where something does. Between runs they rest.</summary>
    public bool Spinning { get; init; }

    /// <summary>Runs that may be under way at once; each uses <see cref="Threads"/> threads.</summary>
    public int ConcurrentRuns { get; init; } = 1;

    /// <summary>Calls that may wait for their turn; the next one is refused with a <see cref="RuntimeBusyException"/>.</summary>
    public int WaitingCalls { get; init; } = 1024;

    /// <summary>Bounds of a batch, which also bound the memory of a run.</summary>
    /// <remarks>Of a batch of some hundred tokens the activations stay in the processor's cache: on two cores of an AMD EPYC, texts of 64 tokens,
    /// 512 tokens a batch were 1.06 to 1.07 times as fast as 4096 with MiniLM and 1.02 times with BERT-base's
    /// shape.</remarks>
    public BatchOptions Batches { get; init; } = new() { MaxTokens = 512 };

    /// <summary>Most tokens of a text; null for what the folder says.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Whether a longer text is refused instead of cut.</summary>
    public bool RefuseLongTexts { get; init; }

    /// <summary>The model file below the folder, where it holds several; null for onnx/model.onnx or the only one.</summary>
    public string? ModelFile { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Require(nameof(Threads), Threads ?? 1);
        Require(nameof(ConcurrentRuns), ConcurrentRuns);
        Require(nameof(WaitingCalls), WaitingCalls + 1);
        Require(nameof(MaxLength), MaxLength ?? 1);
        Batches.Validate();

        static void Require(string name, int value)
        {
            if (value < 1) throw new BadUsageException($"{nameof(RuntimeOptions)}.{name}: expected a positive number, found {value}.");
        }
    }
}
