using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>GPT-2's way to write any byte as a visible character: printable Latin-1 as itself, the 68 others from U+0100 on.</summary>
static class ByteAlphabet
{
    static readonly char[] Characters = Build();
    static readonly Dictionary<char, byte> Bytes = Characters.Select((c, b) => (c, b)).ToDictionary(x => x.c, x => (byte)x.b);

    internal static string Encode(ReadOnlySpan<char> text)
    {
        Span<byte> small = stackalloc byte[256];
        var bytes = text.Length <= 85 ? small : new byte[text.Length * 3];
        var count = Encoding.UTF8.GetBytes(text, bytes);
        var result = new StringBuilder(count);
        foreach (var b in bytes[..count])
            result.Append(Characters[b]);
        return result.ToString();
    }

    /// <summary>Appends the bytes that a token stands for; a token with any character outside the alphabet stands for itself.</summary>
    internal static void Decode(string token, List<byte> result)
    {
        var start = result.Count;
        foreach (var c in token)
        {
            if (Bytes.TryGetValue(c, out var b))
            {
                result.Add(b);
                continue;
            }
            result.RemoveRange(start, result.Count - start);
            result.AddRange(Encoding.UTF8.GetBytes(token));
            return;
        }
    }

    static char[] Build()
    {
        var characters = new char[256];
        var next = '\u0100';
        for (var b = 0; b < 256; b++)
            characters[b] = b is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)b : next++;
        return characters;
    }
}
