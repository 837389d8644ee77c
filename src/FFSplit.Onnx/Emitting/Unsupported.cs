namespace FFSplit.Onnx.Emitting;

/// <summary>The failure of an emitter that meets a case of the architecture that it was not taught.</summary>
static class Unsupported
{
    public static ArgumentOutOfRangeException Case(object value) => new(nameof(value), value, "The ONNX emitter has no such case.");
}
