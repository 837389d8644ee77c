using System.Globalization;

namespace EmbeddingService;

/// <summary>What the service has done, in Prometheus' text form; never a word of the texts.</summary>
static class Counters
{
    static long s_taken, s_texts, s_tokens, s_answered, s_refused, s_cut;

    public static void Taken() => Interlocked.Increment(ref s_taken);

    public static void Answered(int texts, long tokens, long cut)
    {
        Interlocked.Increment(ref s_answered);
        Interlocked.Add(ref s_texts, texts);
        Interlocked.Add(ref s_tokens, tokens);
        Interlocked.Add(ref s_cut, cut);
    }

    public static void Refused() => Interlocked.Increment(ref s_refused);

    public static string Summary() => string.Create(CultureInfo.InvariantCulture,
        $"{Interlocked.Read(ref s_taken)} embedding requests taken, {Interlocked.Read(ref s_answered)} answered, {Interlocked.Read(ref s_refused)} refused");

    public static string Text() => string.Create(CultureInfo.InvariantCulture, $"""
        # TYPE embedding_taken_total counter
        embedding_taken_total {Interlocked.Read(ref s_taken)}
        # TYPE embedding_requests_total counter
        embedding_requests_total {Interlocked.Read(ref s_answered)}
        # TYPE embedding_refused_total counter
        embedding_refused_total {Interlocked.Read(ref s_refused)}
        # TYPE embedding_texts_total counter
        embedding_texts_total {Interlocked.Read(ref s_texts)}
        # TYPE embedding_tokens_total counter
        embedding_tokens_total {Interlocked.Read(ref s_tokens)}
        # TYPE embedding_texts_cut_total counter
        embedding_texts_cut_total {Interlocked.Read(ref s_cut)}

        """);
}
