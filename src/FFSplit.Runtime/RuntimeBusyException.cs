namespace FFSplit.Runtime;

/// <summary>More calls wait than <see cref="RuntimeOptions.WaitingCalls"/> allows; a service answers 503 or 429.</summary>
public sealed class RuntimeBusyException : Exception
{
    /// <summary>Says how many wait.</summary>
    public RuntimeBusyException(int waiting)
        : base($"{waiting} calls wait for the model already. Try again later, or raise {nameof(RuntimeOptions)}.{nameof(RuntimeOptions.WaitingCalls)}.")
    { }
}
