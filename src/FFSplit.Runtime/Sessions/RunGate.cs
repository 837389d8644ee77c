namespace FFSplit.Runtime.Sessions;

/// <summary>Lets a bounded number of runs through at once, and a bounded number of callers wait.</summary>
sealed class RunGate(int runs, int waiting) : IDisposable
{
    readonly SemaphoreSlim _free = new(runs);
    int _inside;

    /// <summary>Waits for a turn; disposing of the result gives it back.</summary>
    /// <exception cref="RuntimeBusyException">Too many wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public Turn Enter(CancellationToken cancellation)
    {
        Join();
        try
        {
            _free.Wait(cancellation);
        }
        catch
        {
            Interlocked.Decrement(ref _inside);
            throw;
        }
        return new Turn(this);
    }

    /// <summary>Waits for a turn without holding a thread.</summary>
    /// <exception cref="RuntimeBusyException">Too many wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public async Task<Turn> EnterAsync(CancellationToken cancellation)
    {
        Join();
        try
        {
            await _free.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _inside);
            throw;
        }
        return new Turn(this);
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    void Join()
    {
        if (Interlocked.Increment(ref _inside) <= runs + waiting) return;
        Interlocked.Decrement(ref _inside);
        RuntimeMeter.Refused();
        throw new RuntimeBusyException(waiting);
    }

    /// <summary>A place among the runs.</summary>
    public readonly struct Turn(RunGate gate) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose()
        {
            gate._free.Release();
            Interlocked.Decrement(ref gate._inside);
        }
    }
}
