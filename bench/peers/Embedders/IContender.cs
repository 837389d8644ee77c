namespace FFSplit.Bench.Peers;

/// <summary>A library that makes vectors of texts.</summary>
interface IContender : IDisposable
{
    string Name { get; }

    float[][] Encode(string[] texts);
}
