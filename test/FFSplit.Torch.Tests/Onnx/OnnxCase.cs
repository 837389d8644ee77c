using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>An architecture with random weights, in no checkpoint, run by the torch interpreter and as ONNX for both targets.</summary>
static class OnnxCase
{
    static readonly IOperatorSet[] Targets = [new PortableOperators(), new OnnxRuntimeOperators()];

    /// <summary>Holds all outputs together at real tokens.</summary>
    public static void Compare(Architecture architecture, Batch batch, SentencePooling? pooling = null)
    {
        foreach (var operators in Targets)
        {
            using var folder = new TemporaryFolder();
            var path = folder.File("model.onnx");
            var model = ModelEmitter.Emit(architecture, pooling, new WeightStore(RandomWeights.Stored), operators, new FullPrecision(),
                "test");
            OnnxFile.Write(path, model, OnnxFile.LargestMessage, null, default);
            var expected = Torch(architecture, pooling, batch);
            var actual = Run(path, batch);
            var compared = 0;
            foreach (var (name, array) in actual)
                if (expected.TryGetValue(name, out var values))
                {
                    Close.Within(2e-5, values.Values, array, batch, $"{operators.GetType().Name}, {name}");
                    compared++;
                }
            Assert.Equal(pooling is null ? 1 : 2, compared);
        }
    }

    static Dictionary<string, DenseArray> Torch(Architecture architecture, SentencePooling? pooling, Batch batch)
    {
        using var scope = NewDisposeScope();
        using var context = new ForwardContext(architecture, batch, new RandomWeights());
        var x = Forward.Embed(architecture.Embeddings, new RandomWeights(), context);
        foreach (var block in architecture.Blocks) x = Forward.Block(block, new RandomWeights(), x, context);
        var wanted = ModelOutputs.LastHiddenState | (pooling is null ? ModelOutputs.None : ModelOutputs.SentenceEmbedding)
            | (architecture.Head is Head.Bare ? ModelOutputs.None : ModelOutputs.Logits);
        var output = ModelOutputReader.Read(
            architecture, pooling, new RandomWeights(), Forward.Finish(architecture, new RandomWeights(), x), context, wanted);
        return new Dictionary<string, DenseArray?>
        {
            ["last_hidden_state"] = output.LastHiddenState,
            ["logits"] = output.Logits,
            ["sentence_embedding"] = output.SentenceEmbedding,
        }.Where(o => o.Value is not null).ToDictionary(o => o.Key, o => o.Value!);
    }

    static Dictionary<string, DenseArray> Run(string path, Batch batch)
    {
        using var settings = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(path, settings);
        using var results = session.Run([.. session.InputMetadata.Select(input => input.Key switch
        {
            "input_ids" => Whole(input.Key, batch.InputIds),
            "attention_mask" => Whole(input.Key, batch.AttentionMask),
            "token_type_ids" => Whole(input.Key, batch.TokenTypeIds ?? new long[batch.InputIds.Length]),
            _ => NamedOnnxValue.CreateFromTensor(
                input.Key, new DenseTensor<float>([batch.Rows, input.Value.Dimensions[1], 0, input.Value.Dimensions[3]])),
        })]);
        return results.ToDictionary(r => r.Name, r => new DenseArray(
            [.. r.AsTensor<float>().Dimensions.ToArray().Select(d => (long)d)], r.AsTensor<float>().ToArray()));

        NamedOnnxValue Whole(string name, long[] values)
            => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<long>(values, [batch.Rows, batch.Length]));
    }

    /// <summary>Weights that are a function of their name.</summary>
    sealed class RandomWeights : IWeightSource
    {
        Tensor IWeightSource.this[WeightBinding binding] => tensor(Values(binding)).reshape([.. binding.Shape.Select(s => (long)s)]);

        public static MemoryTensor Stored(WeightBinding binding)
            => MemoryTensor.Of(binding.Name, [.. binding.Shape.Select(s => (long)s)], Values(binding));

        static float[] Values(WeightBinding binding)
        {
            var random = new Random(binding.Name.Aggregate(17, (hash, c) => unchecked(hash * 31 + c)));
            return [.. Enumerable.Range(0, (int)binding.ElementCount).Select(_ => (float)(random.NextDouble() - 0.5))];
        }
    }
}
