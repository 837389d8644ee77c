using FFSplit.Runtime;
using FFSplit.Runtime.Sessions;

namespace FFSplit.Tests.Runtime;

public class RunGateTest
{
    [Fact]
    public async Task So_many_run_so_many_wait_and_the_next_is_refused()
    {
        using var gate = new RunGate(runs: 2, waiting: 1);
        var first = gate.Enter(default);
        var second = gate.Enter(default);
        var third = Task.Run(() => gate.Enter(default));
        while (!Refuses(gate)) await Task.Delay(1, TestContext.Current.CancellationToken);
        Assert.False(third.IsCompleted);
        first.Dispose();
        (await third).Dispose();
        second.Dispose();
        gate.Enter(default).Dispose();
    }

    [Fact]
    public void A_cancelled_caller_gives_its_place_back()
    {
        using var gate = new RunGate(runs: 1, waiting: 1);
        using (gate.Enter(default))
            for (var i = 0; i < 5; i++)
                Assert.ThrowsAny<OperationCanceledException>(() => gate.Enter(new CancellationToken(canceled: true)));
        gate.Enter(default).Dispose();
    }

    [Fact]
    public async Task Waiting_without_a_thread_keeps_the_same_bounds()
    {
        using var gate = new RunGate(runs: 1, waiting: 2);
        using var stop = new CancellationTokenSource();
        var first = await gate.EnterAsync(default);
        // All on this thread: had a caller been held, the next line would not be reached.
        var second = gate.EnterAsync(default);
        var cancelled = gate.EnterAsync(stop.Token);
        await Assert.ThrowsAsync<RuntimeBusyException>(() => gate.EnterAsync(default));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        var third = gate.EnterAsync(default);
        Assert.False(second.IsCompleted);
        first.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        (await gate.EnterAsync(default)).Dispose();
    }

    // Whoever finds room leaves at once.
    static bool Refuses(RunGate gate)
    {
        using var soon = new CancellationTokenSource(1);
        try
        {
            gate.Enter(soon.Token).Dispose();
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (RuntimeBusyException)
        {
            return true;
        }
    }
}
