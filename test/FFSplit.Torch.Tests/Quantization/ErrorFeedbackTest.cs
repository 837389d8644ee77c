using FFSplit.Checkpoints.Quantization;
using FFSplit.Compression.Quantization;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FFSplit.Torch.Tests.Quantization;

public sealed class ErrorFeedbackTest : IDisposable
{
    static readonly CodeForm Form = new(4, 16);

    readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Outputs_of_correlated_inputs_change_much_less_than_with_the_nearest_codes()
    {
        var (weights, inputs) = Correlated(width: 48, rows: 20, tokens: 2000);
        var moments = inputs.t().matmul(inputs);
        var codes = ErrorFeedback.Quantise(Values(weights), ErrorFeedback.Of(moments)!, Form, CancellationToken.None);
        var (with, nearest) = (Error(codes), Error(QuantizedMatrix.Nearest(Values(weights), 48, Form)));
        Assert.True(with < 0.5 * nearest, $"{with} against {nearest}");

        double Error(QuantizedMatrix matrix)
            => inputs.matmul((weights - tensor(matrix.Values()).reshape(20, 48).to(ScalarType.Float64)).t()).square().sum().item<double>();
    }

    [Fact]
    public void Inputs_that_know_nothing_of_each_other_leave_the_nearest_codes()
    {
        var weights = randn([6, 32], dtype: ScalarType.Float64, generator: new Generator(3));
        var form = new CodeForm(8, 0);
        var codes = ErrorFeedback.Quantise(Values(weights), ErrorFeedback.Of(eye(32, dtype: ScalarType.Float64))!, form, CancellationToken.None);
        var values = Values(weights);
        for (var i = 0; i < values.Length; i++) Assert.Equal(form.Code(values[i], codes.Scales[i / 32]), codes.Codes[i]);
    }

    [Fact]
    public void An_input_that_is_always_zero_is_no_obstacle()
    {
        var (weights, inputs) = Correlated(width: 32, rows: 4, tokens: 100);
        inputs[TensorIndex.Colon, 5] = 0;
        var codes = ErrorFeedback.Quantise(Values(weights), ErrorFeedback.Of(inputs.t().matmul(inputs))!, Form, CancellationToken.None);
        Assert.All(codes.Values(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Without_any_input_there_is_nothing_to_feed_back()
        => Assert.Null(ErrorFeedback.Of(zeros([32, 32], dtype: ScalarType.Float64)));

    // Each input is a mixture of few sources, as hidden states are.
    static (Tensor Weights, Tensor Inputs) Correlated(int width, int rows, int tokens)
    {
        var generator = new Generator(7);
        var sources = randn([tokens, width / 4], dtype: ScalarType.Float64, generator: generator);
        var mixing = randn([width / 4, width], dtype: ScalarType.Float64, generator: generator);
        var noise = randn([tokens, width], dtype: ScalarType.Float64, generator: generator) * 0.2;
        return (randn([rows, width], dtype: ScalarType.Float64, generator: generator), sources.matmul(mixing) + noise);
    }

    static float[] Values(Tensor weights) => [.. weights.to(ScalarType.Float32).contiguous().data<float>()];
}
