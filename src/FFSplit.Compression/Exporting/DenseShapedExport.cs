using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Exporting;

/// <summary>
/// Writes a split model as the mathematically equal dense folder, neurons in their original order, which any Hugging Face loader reads:
/// for checking, and for tools that know nothing of splits. It is as large and as slow as the dense model.
/// </summary>
/// <remarks>Low-rank: U_L := A_U B_U, V_L := A_V B_V; dropped neurons become zeros. All tensors are float32, since products of rounded factors are not.</remarks>
public static class DenseShapedExport
{
    /// <summary>Writes a folder, atomically.</summary>
    /// <exception cref="BadInputException">A layer has no equal dense form (a linear light part, a fitted bias where the family has none), or the plan is missing.</exception>
    public static void Write(Checkpoint checkpoint, string output, bool force, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        if (checkpoint.Split is null)
            throw new BadInputException(checkpoint.Folder, "a split model", "a dense one", "It is dense-shaped already: use it as it is.");
        var plan = SplitRecord.ReadPlan(checkpoint);
        foreach (var block in checkpoint.Architecture.Blocks)
        {
            if (block.FeedForward.Light is LightPart.Linear)
                throw new BadInputException($"{checkpoint.Folder}, layer {block.Index}", "low-rank, none or dense light parts", "a linear one",
                    "A linear map beside the activation has no dense form; export to another format.");
            // Families have biases at both ends of an FFN or at none; a loader would pass over this one, and the model be another.
            if (block.FeedForward is { OutputBias: not null, Dense.Up.Bias: null })
                throw new BadInputException($"{checkpoint.Folder}, layer {block.Index}", "an FFN without an output bias, as the dense model's",
                    "one with a bias that the repair fitted", "Compress with --no-repair for this format.");
        }
        AtomicFolder.EnsureApart(checkpoint.Folder, output);
        using var folder = AtomicFolder.Create(output, force);
        FolderCopy.AllButWeights(checkpoint.Folder, folder.WorkFolder, except: ["config.json", SplitRecord.FileName], cancellation);
        var blocks = checkpoint.Architecture.Blocks;
        var cache = new BlockCache(blocks.Count, i => Merge(checkpoint, blocks[i].FeedForward, plan.Layers[i]), progress, cancellation);
        var tensors = SplitWriter.OutsideFeedForward(checkpoint).Select(t => t.Type.IsFloat() ? t.CastTo(DType.F32) : t)
            .Concat(blocks.SelectMany(b => DenseBindings(b.FeedForward).Select(w => cache.Defer(b.Index, w.Name, DType.F32, StoredShape(w)))));
        ShardedSafetensors.Write(folder.WorkFolder, "model", tensors, metadata: new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, "config.json"), SplitConfig.FormatDense(checkpoint, "float32"));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
    }

    static IEnumerable<WeightBinding> DenseBindings(FeedForward ffn) => ffn.Dense.Bindings.Concat(ffn.OutputBias is null ? [] : [OutputBias(ffn)]);

    static WeightBinding OutputBias(FeedForward ffn) => new($"{ffn.Dense.Down.Name[..^"weight".Length]}bias", [ffn.HiddenSize]);

    static long[] StoredShape(WeightBinding binding)
    {
        long[] shape = [.. binding.Shape.Select(s => (long)s)];
        if (binding.Transposed) Array.Reverse(shape);
        return shape;
    }

    static Dictionary<string, MemoryTensor> Merge(Checkpoint checkpoint, FeedForward ffn, LayerPlan plan)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        using var weights = new TorchWeights(checkpoint, ffn.Bindings);
        var tensors = new Dictionary<string, MemoryTensor>(StringComparer.Ordinal);
        var heavy = tensor(plan.Heavy.Select(i => (long)i).ToArray());
        var light = tensor(Enumerable.Range(0, ffn.IntermediateSize).Except(plan.Heavy).Select(i => (long)i).ToArray());
        var (low, whole) = (ffn.Light as LightPart.LowRank, (ffn.Light as LightPart.Dense)?.Neurons);
        Inner(ffn.Dense.Up, ffn.Heavy?.Up, low?.Up, whole?.Up);
        if (ffn.Dense.Gate is { } gate) Inner(gate, ffn.Heavy?.Gate, low?.Gate, whole?.Gate);
        var down = zeros(ffn.HiddenSize, ffn.IntermediateSize);
        if (ffn.Heavy is { } kept) down.index_copy_(1, heavy, weights[kept.Down]);
        if (low is not null) down.index_copy_(1, light, Product(low.Down));
        if (whole is not null) down.index_copy_(1, light, weights[whole.Down]);
        Add(ffn.Dense.Down, down);
        if (ffn.OutputBias is { } bias) Add(OutputBias(ffn), weights[bias]);
        return tensors;

        void Inner(Linear dense, Linear? heavyPart, Factors? factors, Linear? lightPart)
        {
            var weight = zeros(ffn.IntermediateSize, ffn.HiddenSize);
            if (heavyPart is not null) weight.index_copy_(0, heavy, weights[heavyPart.Weight]);
            if (factors is not null) weight.index_copy_(0, light, Product(factors));
            if (lightPart is not null) weight.index_copy_(0, light, weights[lightPart.Weight]);
            Add(dense.Weight, weight);
            if (dense.Bias is not { } name) return;
            var values = zeros(ffn.IntermediateSize);
            if (heavyPart?.Bias is { } a) values.index_copy_(0, heavy, weights[a]);
            if ((factors?.Bias ?? lightPart?.Bias) is { } b) values.index_copy_(0, light, weights[b]);
            Add(name, values);
        }

        Tensor Product(Factors factors) => weights[factors.Second].to(ScalarType.Float64).matmul(weights[factors.First].to(ScalarType.Float64)).to(ScalarType.Float32);

        void Add(WeightBinding binding, Tensor values)
            => tensors.Add(binding.Name, TensorBridge.FromTorch(binding.Name, binding.Transposed ? values.t() : values, DType.F32));
    }
}
