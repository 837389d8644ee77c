using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Runs a <see cref="TokenizerDescription"/>. Holds no state but a cache, so several threads may use it at once.</summary>
sealed class DescribedTokenizer : ITextTokenizer
{
    readonly TokenizerDescription description;
    readonly PieceModel model;
    readonly AddedTokenFinder inRawText;
    readonly AddedTokenFinder inNormalizedText;
    readonly Dictionary<int, (string Text, bool Special)> addedById;
    readonly bool cutsFromTheLeft;

    internal DescribedTokenizer(TokenizerDescription description, TokenizerFacts facts)
    {
        this.description = description;
        model = PieceModel.Create(description.Model);
        var added = description.AddedTokens;
        inRawText = new AddedTokenFinder(added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        inNormalizedText = new AddedTokenFinder(added.Where(t => t.Normalized).Select(t => (Shown(t), t)));
        addedById = added.ToDictionary(t => t.Id, t => (Shown(t), t.Special));
        VocabularySize = 1 + Math.Max(description.Model.Vocabulary.LargestId, added.Select(t => t.Id).DefaultIfEmpty(-1).Max());
        PadId = IdOf(facts.PadToken);
        EndOfSequenceId = IdOf(facts.EndOfSequenceToken);
        ModelMaxLength = facts.ModelMaxLength;
        UsesTypeIds = facts.UsesTypeIds;
        cutsFromTheLeft = facts.CutsFromTheLeft;

        // As in the reference, a token that is looked for in the normalised text is normalised itself, and so decoded, too.
        string Shown(AddedToken token) => token.Normalized ? NormalizerRunner.Run(description.Normalizer, token.Content) : token.Content;
    }

    public int VocabularySize { get; }

    public int? PadId { get; }

    public int? EndOfSequenceId { get; }

    public int? ModelMaxLength { get; }

    public bool UsesTypeIds { get; }

    public TokenizedText Encode(string text, string? pair = null, int? maxLength = null, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        var isPair = !string.IsNullOrEmpty(pair);
        var room = Room(maxLength, isPair, addSpecialTokens);
        // The reference stops behind the first piece (not added token) that reaches the length; longer texts need not be read on,
        // and the longer of two texts is decided by the counts at that point. Cutting from the left needs the end.
        var enough = maxLength is null || cutsFromTheLeft ? int.MaxValue : maxLength.Value;
        var first = Ids(text, enough);
        var second = isPair ? Ids(pair!, enough) : [];
        var (firstLength, secondLength) = LongestFirst.Lengths(first.Count, second.Count, room);
        return PostProcessorRunner.Run(
            description.PostProcessor, Cut(first, firstLength), Cut(second, secondLength), isPair, addSpecialTokens);
    }

    public string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = false)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var tokens = new List<string>(ids.Count);
        foreach (var id in ids)
            if (addedById.TryGetValue(id, out var added))
            {
                // The reference compares texts here, and so forgets to skip special tokens that a normaliser changes (Llama 2's).
                if (!skipSpecialTokens || !added.Special)
                    tokens.Add(added.Text);
            }
            else if (description.Model.Vocabulary.TokenOf(id) is { } token)
                tokens.Add(token);
        return DecoderRunner.Run(description.Decoder, tokens);
    }

    int Room(int? maxLength, bool isPair, bool addSpecialTokens)
    {
        if (maxLength is null)
            return int.MaxValue;
        var added = addSpecialTokens ? PostProcessorRunner.AddedCount(description.PostProcessor, isPair) : 0;
        return maxLength >= added ? maxLength.Value - added : throw new BadUsageException(
            $"The maximum length is {maxLength}, but {added} special tokens are added to each {(isPair ? "pair" : "text")}. "
            + $"Take at least {added + 1}.");
    }

    ReadOnlySpan<int> Cut(List<int> ids, int length)
    {
        var span = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids);
        return cutsFromTheLeft ? span[^length..] : span[..length];
    }

    List<int> Ids(string text, int enough)
    {
        var ids = new List<int>(text.Length / 3 + 4);
        text = WithoutLoneSurrogates(text);
        foreach (var (start, end, id) in inRawText.Cut(text))
            if (id is { } added)
                ids.Add(added);
            else if (!EncodeNormalized(NormalizerRunner.Run(description.Normalizer, text[start..end]), start == 0, enough, ids))
                break;
        return ids;
    }

    /// <returns>Whether there is still room.</returns>
    bool EncodeNormalized(string text, bool atStart, int enough, List<int> ids)
    {
        foreach (var (start, end, id) in inNormalizedText.Cut(text))
        {
            if (id is { } added)
            {
                ids.Add(added);
                continue;
            }
            var part = new TextPiece(text[start..end], atStart && start == 0);
            foreach (var piece in PreTokenizerRunner.Run(description.PreTokenizer, [part]))
            {
                model.Encode(piece.Text, ids);
                if (ids.Count >= enough)
                    return false;
            }
        }
        return true;
    }

    int? IdOf(string? token) => token is null ? null
        : description.AddedTokens.FirstOrDefault(t => t.Content == token)?.Id ?? description.Model.Vocabulary.IdOf(token);

    /// <summary>As Python's bridge does: half a surrogate pair becomes U+FFFD.</summary>
    static string WithoutLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) // gives U+FFFD for each lone half
            result.Append(rune.ToString());
        return result.ToString();
    }
}
