using System.Text.RegularExpressions;

namespace FFSplit.Checkpoints.Files;

/// <summary>What files of a model folder are called that hold weights, in whatever format.</summary>
static partial class WeightNames
{
    /// <summary>Whether a file is <c>BASE.EXT</c>, one of its shards, or their index.</summary>
    public static bool IsShardOf(string fileName, string baseName, string extension)
    {
        if (!fileName.StartsWith(baseName, StringComparison.Ordinal)) return false;
        var rest = fileName[baseName.Length..];
        return rest == extension || rest == $"{extension}.index.json"
            || (rest.EndsWith(extension, StringComparison.Ordinal) && ShardNumbers().IsMatch(rest[..^extension.Length]));
    }

    /// <summary>Whether a file holds weights, an index of them, or state that only training needs.</summary>
    /// <param name="relativePath">A path within the folder, or just a file's name.</param>
    public static bool IsWeightFile(string relativePath)
    {
        var path = relativePath.Replace('\\', '/');
        var name = path[(path.LastIndexOf('/') + 1)..];
        return ByExtension().IsMatch(name) || ByName().IsMatch(name) || OfConverters().IsMatch(path);
    }

    [GeneratedRegex(@"^-\d{5}-of-\d{5}$")]
    private static partial Regex ShardNumbers();

    /// <summary>
    /// Formats that hold nothing else: safetensors, TensorFlow, Flax, llama.cpp, Rust, ONNX with its outside data, TFLite, Core ML,
    /// checkpoints.
    /// </summary>
    [GeneratedRegex(@"\.(safetensors|h5|msgpack|gguf|ggml|ot|onnx|onnx[._]data|tflite|mlmodel|pt|pth|ckpt|npz)$"
        + @"|\.(safetensors|bin|h5|msgpack)\.index\.json$"
        + @"|\.ckpt\.(index|meta|data-\d{5}-of-\d{5})$", RegexOptions.IgnoreCase)]
    private static partial Regex ByExtension();

    /// <summary>Files ending in <c>.bin</c> are weights by name only: a tokenizer or a data file may end so too.</summary>
    [GeneratedRegex(@"^(pytorch_model|adapter_model|diffusion_pytorch_model|model|optimizer|scheduler|training_args|rng_state)\b.*\.bin$"
        + @"|^openvino_\w*model\b.*\.(bin|xml)$", RegexOptions.IgnoreCase)]
    private static partial Regex ByName();

    /// <summary>Whole converted models in a subfolder; a licence or config beside them stays.</summary>
    [GeneratedRegex(@"(^|/)(openvino/.*\.(bin|xml)|[^/]+\.mlpackage/.+|onnx/.*(\.onnx.*|_data|\.data|\.bin))$", RegexOptions.IgnoreCase)]
    private static partial Regex OfConverters();
}
