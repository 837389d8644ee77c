using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>What stands on the last hidden states.</summary>
static class HeadEmitter
{
    /// <summary>Adds the head and makes its result an output of the graph.</summary>
    public static void Emit(Architecture architecture, GraphBuilder graph, OperatorSet operators, string last, SequenceContext sequence)
    {
        using var scope = graph.Scope("head");
        switch (architecture.Head)
        {
            case Head.Bare bare:
                graph.Output("last_hidden_state", last, OnnxType.Float, "batch_size", "sequence_length", architecture.OutputSize);
                if (bare.Pooler is { } pooler)
                    graph.Output("pooler_output", Step(pooler, First()), OnnxType.Float, "batch_size", pooler.Linear.Out);
                break;
            case Head.LanguageModel model:
                var x = model.Transform is { } transform ? Step(transform, last) : last;
                if (model.Norm is { } norm) x = operators.Norm(x, norm);
                var logits = model.Decoder.Weight == architecture.Embeddings.Tokens ? operators.Weights.ProductWithTable(x, model.Decoder.Weight)
                    : operators.Weights.Product(x, model.Decoder.Weight);
                if (model.Decoder.Bias is { } bias) logits = graph.Add("Add", [logits, graph.Weight(bias)]);
                graph.Output("logits", logits, OnnxType.Float, "batch_size", "sequence_length", model.Decoder.Out);
                break;
            case Head.Classifier classifier:
                var picked = classifier.Token == ClassifiedToken.First ? First() : LastReal(classifier.PadId);
                graph.Output("logits", classifier.Steps.Aggregate(picked, (value, step) => Step(step, value)), OnnxType.Float, "batch_size",
                    classifier.Labels);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(architecture), architecture.Head, "The ONNX emitter has no such head.");
        }

        string First() => graph.Add("Gather", [last, graph.Int(0)], new OnnxAttribute.Int("axis", 1));

        // The largest column that is read; 0 where a row has none.
        string LastReal(int? padId)
        {
            var read = sequence.Mask;
            if (padId is { } pad)
                read = graph.Add("Mul", [read, graph.Add("Cast", [graph.Add("Not", [graph.Add("Equal", [sequence.Ids, graph.Int(pad)])])],
                    new OnnxAttribute.Int("to", (long)OnnxType.Int64))]);
            var columns = graph.Add("Range", [graph.Int(0), graph.Add("Squeeze", [sequence.Length, graph.Ints(0)]), graph.Int(1)]);
            var column = graph.Add("ReduceMax", [graph.Add("Mul", [read, columns])], new OnnxAttribute.Ints("axes", [1]));
            return graph.Add("GatherND", [last, column], new OnnxAttribute.Int("batch_dims", 1));
        }

        string Step(HeadStep step, string value)
        {
            var product = operators.Weights.Product(value, step.Linear.Weight);
            if (step.Activation is { } activation) return operators.Activate(product, step.Linear.Bias, activation);
            return step.Linear.Bias is { } offset ? graph.Add("Add", [product, graph.Weight(offset)]) : product;
        }
    }
}
