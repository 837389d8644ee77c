using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Tests.TorchPickles;

namespace FFSplit.Tests.Files;

public class WeightFolderTests
{
    static readonly TensorData[] Three =
    [
        MemoryTensor.Of("a", [2, 2], (float[])[1, 2, 3, 4]),
        MemoryTensor.Of("b", [4], (float[])[5, 6, 7, 8]),
        MemoryTensor.Of("c", [], (long[])[9]),
    ];

    [Theory]
    [InlineData("bert-classifier-bin", "bert-classifier", "")]
    [InlineData("opt-lm-bin-sharded", "opt-lm", "model.")]
    public void Torch_files_hold_the_same_as_their_safetensors_twins(string bin, string twin, string prefix)
    {
        using var expected = WeightFolder.Open(TestFolders.RequireGolden(twin));
        using var found = WeightFolder.Open(TestFolders.RequireGolden(bin));
        foreach (var (name, tensor) in expected.Tensors)
        {
            var there = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
            Assert.True(TensorConversion.SameBytes(tensor, found.Tensors[there]), name);
        }
        if (prefix.Length == 0) Assert.Equal(expected.Hash, found.Hash);
    }

    [Fact]
    public void Every_golden_folder_is_read()
    {
        foreach (var folder in TestFolders.AllGolden.Where(f => File.Exists(Path.Combine(f, "config.json"))))
        {
            using var weights = WeightFolder.Open(folder);
            Assert.NotEmpty(weights.Tensors);
            Assert.Equal(weights.FileNames.Sum(name => new FileInfo(Path.Combine(folder, name)).Length), weights.SizeOnDisk);
            Assert.All(weights.FileNames, name => Assert.True(WeightFolder.IsWeightFile(name), name));
        }
    }

    [Fact]
    public void Shards_and_one_file_hold_the_same()
    {
        using var one = new TemporaryFolder();
        using var many = new TemporaryFolder();
        Assert.Equal(["ffsplit.safetensors"], ShardedSafetensors.Write(one.Path, "ffsplit", Three));
        Assert.Equal(
            ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"],
            ShardedSafetensors.Write(many.Path, "model", Three.Reverse(), maxShardBytes: 24));
        using var single = WeightFolder.Open(one.Path, "ffsplit");
        using var sharded = WeightFolder.Open(many.Path);
        Assert.Equal(["a", "b", "c"], sharded.Tensors.Keys.Order());
        Assert.All(Three, t => Assert.True(TensorConversion.SameBytes(t, sharded.Tensors[t.Name])));
        Assert.Equal(single.Hash, sharded.Hash);
        Assert.StartsWith("sha256:", single.Hash, StringComparison.Ordinal);
        Assert.Contains("\"total_size\": 40", File.ReadAllText(many.File("model.safetensors.index.json")), StringComparison.Ordinal);
        Assert.Equal(many.Entries, sharded.FileNames.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Shards_do_not_depend_on_the_order_of_tensors()
    {
        using var first = new TemporaryFolder();
        using var second = new TemporaryFolder();
        ShardedSafetensors.Write(first.Path, "model", Three, 24);
        ShardedSafetensors.Write(second.Path, "model", Three.Reverse(), 24);
        Assert.Equal(first.Entries, second.Entries);
        Assert.All(first.Entries, name => Assert.Equal(File.ReadAllBytes(first.File(name)), File.ReadAllBytes(second.File(name))));
    }

    [Fact]
    public void A_tensor_larger_than_a_shard_gets_one_to_itself()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(4, ShardedSafetensors.Write(folder.Path, "model", Three, 1).Count);
        using var weights = WeightFolder.Open(folder.Path);
        Assert.Equal(3, weights.Tensors.Count);
    }

    [Fact]
    public void Shards_of_an_earlier_run_are_removed_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        foreach (var other in (string[])["model.txt", "model-card.safetensors", "models.safetensors", "model-00001-of-00002.bin"])
            folder.Write(other, "x");
        ShardedSafetensors.Write(folder.Path, "model", Three, 1);
        ShardedSafetensors.Write(folder.Path, "model", Three, 24);
        ShardedSafetensors.Write(folder.Path, "model", Three);
        Assert.Equal(
            ["model-00001-of-00002.bin", "model-card.safetensors", "model.safetensors", "model.txt", "models.safetensors"],
            folder.Entries);
    }

    [Fact]
    public void The_hash_tells_names_types_shapes_and_bytes_apart()
    {
        TensorData[][] different =
        [
            [MemoryTensor.Of("a", [2], (float[])[1, 2])],
            [MemoryTensor.Of("b", [2], (float[])[1, 2])],
            [MemoryTensor.Of("a", [1, 2], (float[])[1, 2])],
            [MemoryTensor.Of("a", [2], (float[])[1, 3])],
            [new MemoryTensor("a", DType.I32, [2], TorchZip.Floats(1, 2))],
            [MemoryTensor.Of("a", [1], (float[])[1]), MemoryTensor.Of("a2", [1], (float[])[2])],
            [],
        ];
        Assert.Equal(different.Length, different.Select(TensorHash.Of).Distinct().Count());
        Assert.Equal(TensorHash.Of(Three), TensorHash.Of(Three.Reverse()));
    }

    [Fact]
    public void The_hash_is_what_its_description_says()
    {
        byte[] described = [.. Number(1), (byte)'a', .. Number(3), .. "F32"u8, .. Number(1), .. Number(2), .. TorchZip.Floats(1, 2)];
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(described));
        Assert.Equal($"sha256:{expected}", TensorHash.Of([MemoryTensor.Of("a", [2], (float[])[1, 2])]));

        static byte[] Number(long number) => BitConverter.GetBytes(number);
    }

    [Fact]
    public void Safetensors_come_before_torch_files_and_one_file_before_shards()
    {
        using var folder = new TemporaryFolder();
        folder.Write("pytorch_model.bin", "never opened");
        folder.Write("model.safetensors.index.json", "never opened");
        SafetensorsWriter.Write(folder.File("model.safetensors"), Three);
        using var weights = WeightFolder.Open(folder.Path);
        Assert.Equal(["model.safetensors"], weights.FileNames);
    }

    [Fact]
    public void A_folder_without_weights_says_what_was_looked_for_and_what_is_there()
    {
        using var folder = new TemporaryFolder();
        Refuses(
            folder,
            "model.safetensors or model.safetensors.index.json or pytorch_model.bin or pytorch_model.bin.index.json, found none of them");
        folder.Write("tf_model.h5", "x");
        folder.Write("flax_model.msgpack", "x");
        Refuses(folder, "found only TensorFlow weights (tf_model.h5), Flax weights (flax_model.msgpack)");
        folder.Write("model.fp16.safetensors", "x");
        Refuses(folder, "safetensors of another name (model.fp16.safetensors)");
        Refuses(folder, "expected ffsplit.safetensors or ffsplit.safetensors.index.json, found", "ffsplit");
    }

    [Fact]
    public void A_folder_that_is_none_is_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "nothing at that path",
            Assert.Throws<BadInputException>(() => WeightFolder.Open(folder.File("no"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "found a file",
            Assert.Throws<BadInputException>(() => WeightFolder.Open(folder.Write("f", "x"))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "one object 'weight_map'")]
    [InlineData("{}", "one object 'weight_map'")]
    [InlineData("""{"weight_map":[]}""", "one object 'weight_map'")]
    [InlineData("""{"weight_map":{}}""", "one object 'weight_map'")]
    [InlineData("""{"weight_map":{"a":"1.safetensors"},"weight_map":{"b":"1.safetensors"}}""", "one object 'weight_map'")]
    [InlineData("""{"weight_map":{"a":1}}""", "the name of a shard")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}""", "tensor 'a': expected one shard, found two entries")]
    [InlineData("""{"weight_map":{"a":"../1.safetensors"}}""", "shards that lie beside it, of its own kind, found '../1.safetensors'")]
    [InlineData("""{"weight_map":{"a":"/etc/1.safetensors"}}""", "shards that lie beside it")]
    [InlineData("""{"weight_map":{"a":"sub\\1.safetensors"}}""", "shards that lie beside it")]
    [InlineData("""{"weight_map":{"a":"C:1.safetensors"}}""", "shards that lie beside it")]
    [InlineData("""{"weight_map":{"a":".."}}""", "shards that lie beside it")]
    [InlineData("""{"weight_map":{"a":""}}""", "shards that lie beside it")]
    [InlineData("""{"weight_map":{"a":"pytorch_model.bin"}}""", "shards that lie beside it")]
    [InlineData("""{"weight_map":{"a":"\ud800.safetensors"}}""", "valid JSON")]
    [InlineData("{", "valid JSON")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "Git LFS")]
    [InlineData("""{"weight_map":{"a":"none.safetensors"}}""", "the shard none.safetensors beside it, found no such file")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","x":"1.safetensors"}}""", "tensor 'x': expected it in this shard")]
    [InlineData("""{"weight_map":{"a":"2.safetensors","b":"1.safetensors"}}""", "expected it in this shard")]
    [InlineData(
        """{"weight_map":{"a":"1.safetensors","b":"2.safetensors","c":"3.safetensors"}}""",
        "tensor 'a': expected one shard that holds it, found 1.safetensors and 3.safetensors")]
    public void An_index_that_contradicts_itself_or_its_shards_is_refused(string index, string message)
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("1.safetensors"), [Three[0]]);
        SafetensorsWriter.Write(folder.File("2.safetensors"), [Three[1]]);
        SafetensorsWriter.Write(folder.File("3.safetensors"), [Three[0], Three[2]]);
        folder.Write("model.safetensors.index.json", index);
        Refuses(folder, message);
    }

    [Fact]
    public void A_shard_that_is_cut_off_is_refused()
    {
        using var folder = new TemporaryFolder();
        ShardedSafetensors.Write(folder.Path, "model", Three, 24);
        var shard = folder.File("model-00002-of-00002.safetensors");
        File.WriteAllBytes(shard, File.ReadAllBytes(shard)[..^1]);
        Refuses(folder, "so the file is cut off");
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_refused()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Needs a Unix user who is not root: root may read anything.");
            return;
        }
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("model.safetensors"), Three);
        File.SetUnixFileMode(folder.File("model.safetensors"), UnixFileMode.None);
        Refuses(folder, "a readable file");
    }

    [Fact]
    public void Weights_behind_a_link_are_read_and_counted()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need a right that Windows users seldom have.");
        using var blobs = new TemporaryFolder();
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(blobs.File("5ca1ab1e"), Three);
        File.CreateSymbolicLink(folder.File("model.safetensors"), blobs.File("5ca1ab1e"));
        using var weights = WeightFolder.Open(folder.Path);
        Assert.Equal(new FileInfo(blobs.File("5ca1ab1e")).Length, weights.SizeOnDisk);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("ffsplit-00001-of-00002.safetensors")]
    [InlineData("model.safetensors.index.json")]
    [InlineData("model.fp16.safetensors")]
    [InlineData("pytorch_model.bin")]
    [InlineData("pytorch_model-00001-of-00002.bin")]
    [InlineData("pytorch_model.bin.index.json")]
    [InlineData("pytorch_model.fp16.bin")]
    [InlineData("training_args.bin")]
    [InlineData("optimizer.pt")]
    [InlineData("optimizer.bin")]
    [InlineData("scheduler.pt")]
    [InlineData("rng_state_0.pth")]
    [InlineData("tf_model.h5")]
    [InlineData("tf_model-00001-of-00002.h5")]
    [InlineData("tf_model.h5.index.json")]
    [InlineData("flax_model.msgpack")]
    [InlineData("flax_model.msgpack.index.json")]
    [InlineData("rust_model.ot")]
    [InlineData("model.onnx")]
    [InlineData("onnx/model.onnx")]
    [InlineData("onnx/model_O4.onnx")]
    [InlineData("onnx/model.onnx_data")]
    [InlineData("onnx\\model_qint8_avx512.onnx")]
    [InlineData("openvino/openvino_model.bin")]
    [InlineData("openvino/openvino_model.xml")]
    [InlineData("openvino_model.xml")]
    [InlineData("ggml-model-Q4_0.gguf")]
    [InlineData("model.tflite")]
    [InlineData("64.tflite")]
    [InlineData("bert_model.ckpt.data-00000-of-00001")]
    [InlineData("bert_model.ckpt.index")]
    [InlineData("bert_model.ckpt.meta")]
    [InlineData("coreml/text-classification/float32_model.mlpackage/Data/com.apple.CoreML/weights/weight.bin")]
    [InlineData("consolidated.00.pth")]
    [InlineData("adapter_model.bin")]
    [InlineData("2_Dense/pytorch_model.bin")]
    public void Weight_files_are_known_by_name(string name) => Assert.True(WeightFolder.IsWeightFile(name));

    [Theory]
    [InlineData("config.json")]
    [InlineData("tokenizer.json")]
    [InlineData("vocab.txt")]
    [InlineData("merges.txt")]
    [InlineData("spiece.model")]
    [InlineData("tokenizer.model")]
    [InlineData("modules.json")]
    [InlineData("1_Pooling/config.json")]
    [InlineData("README.md")]
    [InlineData("LICENSE")]
    [InlineData("model_card.md")]
    [InlineData("generation_config.json")]
    [InlineData("ffsplit.json")]
    [InlineData("onnx/config.json")]
    [InlineData("train_script.py")]
    [InlineData("data_config.json")]
    [InlineData("special.bin")]
    [InlineData(".gitattributes")]
    [InlineData("model.py")]
    [InlineData("added_tokens.json")]
    public void Other_files_are_not_taken_for_weights(string name) => Assert.False(WeightFolder.IsWeightFile(name));

    static void Refuses(TemporaryFolder folder, string message, string baseName = "model")
        => Assert.Contains(
            message,
            Assert.Throws<BadInputException>(() => WeightFolder.Open(folder.Path, baseName)).Message,
            StringComparison.Ordinal);
}
