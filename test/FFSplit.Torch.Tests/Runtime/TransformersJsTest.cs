using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using FFSplit.Torch.Tests.Cli;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Runtime;

/// <summary>Exported folders in transformers.js under Node (test/interop/transformers-js), where Node is there and npm's registry answers.</summary>
public sealed class TransformersJsTest : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("onnxruntime")]
    [InlineData("portable")]
    public void It_loads_them_and_computes_the_same(string target)
    {
        var scripts = Installed();
        var models = Directory.CreateDirectory(_folder.File("models")).FullName;
        var encoder = TinyModel.Encoder(_folder.File("encoder"));
        // The script asks for vectors of length one.
        var modules = JsonNode.Parse(File.ReadAllText(Path.Combine(encoder, "modules.json")))!.AsArray();
        modules.Add(new JsonObject { ["idx"] = 2, ["name"] = "2", ["path"] = "2_Normalize", ["type"] = "sentence_transformers.models.Normalize" });
        File.WriteAllText(Path.Combine(encoder, "modules.json"), modules.ToJsonString());
        Export(encoder, "encoder");
        var data = _folder.File("train.tsv");
        File.WriteAllLines(data, ["text\tlabel", .. Enumerable.Range(0, 12).Select(i => string.Create(CultureInfo.InvariantCulture, $"the sea {i}\t{"ab"[i % 2]}"))]);
        CliProcess.Run("finetune", encoder, "--task", "classification", "--data", data, "--epochs", "1", "-o", _folder.File("classifier")).Ended(0);
        Export(_folder.File("classifier"), "classifier");
        Export(Path.Combine(TestFolders.Repository, "assets", "demo", "model"), "decoder");
        var program = _folder.Write("ffsplit", $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "ffsplit.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

        var (code, output) = Run("node", scripts, "check.mjs", program, models);
        Assert.True(code == 0, output);
        foreach (var check in new[] { "ok   feature extraction", "ok   classification", "ok   generation" }) Assert.Contains(check, output, StringComparison.Ordinal);

        void Export(string model, string name)
            => CliProcess.Run("export", model, "--target", target, "-o", Path.Combine(models, name)).Ended(0);
    }

    // Kept among the build's artifacts, so that the second run needs no network.
    static string Installed()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs a shell");
        var source = Path.Combine(TestFolders.Repository, "test", "interop", "transformers-js");
        var target = Directory.CreateDirectory(Path.Combine(TestFolders.Repository, "artifacts", "interop", "transformers-js")).FullName;
        foreach (var file in new[] { "package.json", "check.mjs" }) File.Copy(Path.Combine(source, file), Path.Combine(target, file), overwrite: true);
        try
        {
            var (code, output) = Run("npm", target, "install", "--no-audit", "--no-fund");
            if (code != 0) Assert.Skip($"needs transformers.js from npm's registry, which does not answer: {output[^Math.Min(output.Length, 200)..]}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("needs node and npm, which this machine lacks");
        }
        return target;
    }

    static (int Code, string Output) Run(string program, string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (process.WaitForExit(Limit)) return (process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
        process.Kill(entireProcessTree: true);
        return (-1, $"{program} took more than {Limit}");
    }
}
