using System.Text;
using Microsoft.ML.Tokenizers;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>WordPiece by Microsoft.ML.Tokenizers, given one piece at a time.</summary>
/// <remarks>
/// The library takes a vocabulary as lines whose numbers are the ids, so it gets the tokens in the order of their ids, and its ids are
/// mapped back. It counts a word's length in UTF-16 units where Hugging Face counts code points, so that limit is applied here,
/// and the library's own set to what such a word can have at most.
/// </remarks>
sealed class WordPieceModel : PieceModel
{
    readonly WordPieceTokenizer tokenizer;
    readonly int[] idOfLine;
    readonly int unknownId;
    readonly int maxCharacters;

    internal WordPieceModel(TokenModel.WordPiece model)
    {
        var lines = new StringBuilder();
        // A token with a line break in it cannot be a line; BERT's pieces hold no white space, so it could not be found anyhow.
        var entries = model.Vocabulary.Entries.Where(e => e.Key.Length > 0 && e.Key.AsSpan().IndexOfAny('\r', '\n') < 0)
            .OrderBy(e => e.Value).ToArray();
        foreach (var (token, _) in entries)
            lines.Append(token).Append('\n');
        idOfLine = [.. entries.Select(e => e.Value)];
        unknownId = model.Vocabulary.IdOf(model.UnknownToken)!.Value;
        maxCharacters = model.MaxCharactersPerWord;
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(lines.ToString()));
        tokenizer = WordPieceTokenizer.Create(stream, new WordPieceOptions
        {
            UnknownToken = model.UnknownToken,
            ContinuingSubwordPrefix = model.ContinuingPrefix,
            MaxInputCharsPerWord = 2 * maxCharacters,
        });
    }

    internal override void Encode(string piece, List<int> ids)
    {
        if (piece.Length > maxCharacters && Characters(piece) > maxCharacters)
        {
            ids.Add(unknownId);
            return;
        }
        foreach (var line in tokenizer.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false))
            ids.Add(idOfLine[line]);
    }

    static int Characters(string piece)
    {
        var count = 0;
        foreach (var _ in piece.EnumerateRunes())
            count++;
        return count;
    }
}
