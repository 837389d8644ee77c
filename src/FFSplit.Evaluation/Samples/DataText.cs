using System.Text;

namespace FFSplit.Evaluation.Samples;

/// <summary>Reads a file as text and refuses what isn't.</summary>
static class DataText
{
    // A string of .NET holds about 2^30 characters; twice this much would not fit any more.
    const long MostBytes = 512L << 20;

    static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text without byte order mark; CR LF becomes LF, a lone CR stays.</summary>
    /// <exception cref="Checkpoints.BadInputException">Missing, too large, unreadable, binary, or not UTF-8.</exception>
    public static string Read(string path)
    {
        var bytes = ReadBytes(path);
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]) throw DataErrors.Utf16(path);
        var zero = Array.IndexOf(bytes, (byte)0);
        if (zero >= 0) throw DataErrors.Binary(path, zero);
        var start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return s_strict.GetString(bytes, start, bytes.Length - start).Replace("\r\n", "\n", StringComparison.Ordinal);
        }
        catch (DecoderFallbackException e)
        {
            throw DataErrors.NotUtf8(path, start + e.Index, e);
        }
    }

    /// <summary>The lines of a text with their numbers from 1; what follows the last line break is a line unless it is empty.</summary>
    public static IEnumerable<(int Number, string Line)> Lines(string text)
    {
        var number = 0;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            yield return (++number, text[start..end]);
            start = end + 1;
        }
    }

    /// <summary>The whole file.</summary>
    /// <exception cref="Checkpoints.BadInputException">Missing, too large or unreadable.</exception>
    public static byte[] ReadBytes(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) throw DataErrors.Missing(path);
            if (file.Length > MostBytes) throw DataErrors.TooLarge(path, file.Length, MostBytes);
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DataErrors.Unreadable(path, e);
        }
    }
}
