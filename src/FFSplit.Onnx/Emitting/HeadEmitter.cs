using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>What stands on the last hidden states, and the outputs that come of it.</summary>
static class HeadEmitter
{
    public static void Emit(Emission emission, Architecture architecture, SentencePooling? pooling, Value last)
    {
        var graph = emission.Graph;
        // A folder that makes vectors of texts is used for these, whatever vocabulary its weights once had; but a classifier that was trained from
        // such a folder, and still holds its files, is a classifier.
        if (architecture.Head is Head.Bare || pooling is not null && architecture.Head is Head.LanguageModel)
        {
            graph.Output("last_hidden_state", DType.F32, last, Axes.Batch, Axes.Length, architecture.OutputSize);
            if (pooling is not null)
                graph.Output("sentence_embedding", DType.F32, PoolingEmitter.Emit(emission, pooling, last), Axes.Batch,
                    architecture.OutputSize * pooling.Modes.Count);
            return;
        }
        switch (architecture.Head)
        {
            case Head.LanguageModel model:
                graph.Output("logits", DType.F32, Vocabulary(emission, model, last), Axes.Batch, Axes.Length, model.Decoder.Out);
                break;
            case Head.Classifier classifier:
                graph.Output("logits", DType.F32, Labels(emission, classifier, last), Axes.Batch, classifier.Labels);
                break;
            default:
                throw Unsupported.Case(architecture.Head);
        }
    }

    static Value Vocabulary(Emission emission, Head.LanguageModel head, Value x)
    {
        if (head.Transform is { } step) x = Step(emission, step, x);
        if (head.Norm is { } norm) x = emission.Operators.Normalize(emission, norm, new Residual(x)).Normed;
        return emission.Linear(head.Decoder, x);
    }

    static Value Labels(Emission emission, Head.Classifier head, Value x)
    {
        x = head.Token switch
        {
            ClassifiedToken.First => First(emission, x),
            ClassifiedToken.LastReal => LastReal(emission, x, head.PadId),
            _ => throw Unsupported.Case(head.Token),
        };
        return head.Steps.Aggregate(x, (value, step) => Step(emission, step, value));
    }

    /// <summary>The first token's state, (batch × width).</summary>
    public static Value First(Emission emission, Value x) => emission.Graph.Gather(x, emission.Graph.Integer(0), axis: 1);

    // The largest column that is real and not the padding id; 0 where a row has none.
    static Value LastReal(Emission emission, Value x, int? padId)
    {
        var graph = emission.Graph;
        var read = emission.AttentionMask;
        if (padId is { } pad)
            read = graph.Multiply(read,
                graph.Cast(graph.Node("Not", [graph.Node("Equal", [emission.InputIds, graph.Integer(pad)])]), DType.I64));
        var column = graph.Node("ReduceMax", [graph.Multiply(read, emission.Columns)], OnnxAttribute.Of("axes", [1L]),
            OnnxAttribute.Of("keepdims", 1));
        return graph.Node("GatherND", [x, column], OnnxAttribute.Of("batch_dims", 1));
    }

    static Value Step(Emission emission, HeadStep step, Value x)
    {
        var product = emission.Precision.Product(emission, x, step.Linear.Weight);
        return step.Activation is { } activation
            ? emission.Operators.Activate(emission, activation, product, emission.Bias(step.Linear.Bias))
            : emission.WithBias(product, step.Linear.Bias);
    }
}
