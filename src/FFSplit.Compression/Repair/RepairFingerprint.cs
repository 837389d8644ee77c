using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Plans;
using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>All that decides a repair's bytes, by the names of options: a repair goes on only where each is as it was.</summary>
static class RepairFingerprint
{
    public static Dictionary<string, string> Of(Checkpoint checkpoint, CompressionPlan plan, DType? type, RepairInput repair)
        => new(StringComparer.Ordinal)
        {
            ["MODEL"] = checkpoint.Weights.Hash,
            ["--method"] = plan.Method,
            ["--importance"] = plan.Importance ?? "none",
            ["--heavy"] = Text(plan.Heavy),
            ["--rank"] = Text(plan.Rank),
            ["--seed"] = Text(plan.Seed),
            ["--dtype"] = type?.HeaderName() ?? "source",
            ["--data (as --text, --max-samples and --seed take it)"] = Hash(repair.Calibration),
            // What the options above leave open: --layers, --no-match, and statistics that came out otherwise.
            ["the plan's layers"] = Hash(plan),
            ["the ridges"] = string.Join(' ', repair.Options.Ridges.Concat(repair.Options.StrongRidges)
                .Append(repair.Options.TokensPerFeature).Select(Text)),
            ["--threads"] = Text(get_num_threads()),
            ["ffsplit"] = ToolVersion.Current,
        };

    static string Hash(CalibrationSet calibration)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (batch, heldOut) in calibration.Batches.Zip(calibration.HeldOut))
        {
            hash.AppendData(BitConverter.GetBytes(batch.Rows));
            hash.AppendData(MemoryMarshal.AsBytes<long>(batch.InputIds));
            hash.AppendData(MemoryMarshal.AsBytes<long>(batch.AttentionMask));
            hash.AppendData(MemoryMarshal.AsBytes<long>(batch.TokenTypeIds ?? []));
            hash.AppendData(MemoryMarshal.AsBytes<bool>(heldOut));
        }
        return Short(hash);
    }

    static string Hash(CompressionPlan plan)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var layer in plan.Layers)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([(int)layer.Kind, layer.Rank, layer.Heavy.Count]));
            hash.AppendData(MemoryMarshal.AsBytes<int>([.. layer.Heavy]));
        }
        return Short(hash);
    }

    static string Short(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset())[..16];

    static string Text<T>(T value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
