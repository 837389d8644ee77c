using System.Diagnostics;
using FFSplit.Experiments.Running;

namespace FFSplit.Torch.Tests.Experiments;

public sealed class WorkFolderTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_done_within_a_measurement_counts_once()
    {
        var folder = WorkFolder.Open(_folder.File("work"), new Dictionary<string, string>(), restart: false);
        var watch = Stopwatch.StartNew();
        folder.Timed(() => folder.Timed(() => Thread.Sleep(600)));
        folder.Timed(() => Thread.Sleep(600));
        // Seconds are written to one digit each time.
        Assert.InRange(folder.Seconds, 1.1, watch.Elapsed.TotalSeconds + 0.15);
    }
}
