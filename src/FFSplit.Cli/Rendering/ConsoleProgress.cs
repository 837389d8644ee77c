using System.Diagnostics;
using FFSplit.Checkpoints;

namespace FFSplit.Cli.Rendering;

/// <summary>Shows how far a job has come: on a terminal one line that moves, elsewhere a plain line now and then.</summary>
sealed class ConsoleProgress(TextWriter error, bool terminal) : IProgress<ProgressReport>, IDisposable
{
    static readonly TimeSpan BetweenDrawings = TimeSpan.FromMilliseconds(100), BetweenLines = TimeSpan.FromSeconds(10);
    const int BarWidth = 24;

    string? _stage;
    long _begun;
    long _shown;
    long _firstDone;
    bool _open;

    public void Report(ProgressReport value)
    {
        var fresh = value.Stage != _stage || value.Done < _firstDone;
        if (fresh)
        {
            Finish();
            (_stage, _begun, _firstDone) = (value.Stage, Stopwatch.GetTimestamp(), value.Done);
        }
        else if (Stopwatch.GetElapsedTime(_shown) < (terminal ? BetweenDrawings : BetweenLines)) return;
        _shown = Stopwatch.GetTimestamp();
        if (terminal)
        {
            error.Write($"\r\u001b[K{Line(value, bar: true)}");
            _open = true;
        }
        else error.WriteLine(Line(value, bar: false));
    }

    /// <summary>Wipes the moving line, so that something else can be written.</summary>
    public void Finish()
    {
        if (_open) error.Write("\r\u001b[K");
        (_open, _stage) = (false, null);
    }

    public void Dispose() => Finish();

    string Line(ProgressReport value, bool bar)
    {
        if (value.Total <= 0) return $"{value.Stage} …";
        var share = Math.Clamp((double)value.Done / value.Total, 0, 1);
        var drawn = bar ? $" {Text.Bar(share, BarWidth)}" : "";
        return $"{value.Stage}{drawn} {value.Done:N0} of {value.Total:N0}{Left(value)}{(value.Detail is null ? "" : $", {value.Detail}")}";
    }

    string Left(ProgressReport value)
    {
        var done = value.Done - _firstDone;
        if (done <= 0 || value.Done >= value.Total) return "";
        var left = Stopwatch.GetElapsedTime(_begun) * ((double)(value.Total - value.Done) / done);
        return $", {Text.Duration(left.TotalSeconds)} left";
    }
}
