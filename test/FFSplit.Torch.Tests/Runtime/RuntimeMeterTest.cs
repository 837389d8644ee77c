using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FFSplit.Onnx.Exporting;
using FFSplit.Runtime;
using FFSplit.Runtime.Generation;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Runtime;

public sealed class RuntimeMeterTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Texts_tokens_cuts_and_calls_are_counted_under_the_models_name()
    {
        using var seen = new Seen("metered-encoder");
        using var model = Exported(TinyModel.Encoder(_folder.File("encoder")), "metered-encoder", new RuntimeOptions { MaxLength = 4 });
        var embedder = new TextEmbedder(model);
        var (_, usage) = embedder.Embed(["rain", "old men sang loud songs"], TestContext.Current.CancellationToken);
        embedder.Embed("rain", TestContext.Current.CancellationToken);
        Assert.Equal((3.0, 1.0, usage.Tokens + 3.0), (seen.Sum("ffsplit.texts"), seen.Sum("ffsplit.texts.cut"), seen.Sum("ffsplit.tokens")));
        Assert.Equal(2, seen.Count("ffsplit.call.duration"));
        Assert.True(seen.Sum("ffsplit.call.duration") > 0);
        // A call that fails was not answered.
        Assert.ThrowsAny<OperationCanceledException>(() => { embedder.Embed("rain", new CancellationToken(canceled: true)); });
        Assert.Equal(3, seen.Sum("ffsplit.texts"));
    }

    [Fact]
    public void Generated_tokens_are_counted()
    {
        using var seen = new Seen("metered-decoder");
        using var model = Exported(TinyModel.Decoder(_folder.File("decoder")), "metered-decoder");
        var ids = new TextGenerator(model).GenerateIds([3, 4], new GenerationOptions { MaxTokens = 5 }, TestContext.Current.CancellationToken).ToArray();
        Assert.NotEmpty(ids);
        Assert.Equal(ids.Length, seen.Sum("ffsplit.tokens.generated"));
    }

    ExportedModel Exported(string source, string name, RuntimeOptions? options = null)
    {
        OnnxExport.Run(new OnnxExportOptions { Model = source, Output = _folder.File(name) });
        return ExportedModel.Load(_folder.File(name), options);
    }

    // What the meter says of one model; other tests run meanwhile.
    sealed class Seen : IDisposable
    {
        readonly ConcurrentQueue<(string Instrument, double Value)> _values = [];
        readonly MeterListener _listener = new();

        public Seen(string model)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == RuntimeMeter.Name) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
            _listener.Start();

            void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
            {
                foreach (var tag in tags)
                    if (tag.Key == "ffsplit.model" && Equals(tag.Value, model)) _values.Enqueue((instrument.Name, value));
            }
        }

        public double Sum(string instrument) => _values.Where(v => v.Instrument == instrument).Sum(v => v.Value);

        public int Count(string instrument) => _values.Count(v => v.Instrument == instrument);

        public void Dispose() => _listener.Dispose();
    }
}
