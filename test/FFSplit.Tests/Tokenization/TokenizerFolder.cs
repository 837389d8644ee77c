namespace FFSplit.Tests.Tokenization;

/// <summary>A folder with tokenizer files for one test.</summary>
sealed class TokenizerFolder : IDisposable
{
    internal string Path { get; } = Directory.CreateTempSubdirectory("ffsplit-tokenizer-").FullName;

    internal TokenizerFolder Write(string name, string text)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, name), text);
        return this;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
