using System.Text.Json;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Reads tokenizer.json, the format of Hugging Face's tokenizers library, version 1.0.</summary>
/// <remarks><c>truncation</c> and <c>padding</c> say how somebody once used the tokenizer, and are passed over.</remarks>
static partial class TokenizerJson
{
    /// <exception cref="BadInputException">The file is not readable, or a part of it is not supported; the message names it.</exception>
    internal static TokenizerDescription Read(string file)
    {
        var root = JsonView.Open(file);
        if (root.OptionalText("version") is { } version && version != "1.0")
            throw TokenizerErrors.Unsupported(root.At("version"), version, "\"1.0\"");
        var model = Model(root.Object("model"));
        var description = new TokenizerDescription(
            root.OptionalObject("normalizer") is { } normalizer ? Normalizer(normalizer) : null,
            root.OptionalObject("pre_tokenizer") is { } preTokenizer ? PreTokenizer(preTokenizer) : null,
            model,
            root.OptionalObject("post_processor") is { } postProcessor ? PostProcessor(postProcessor) : new PostProcessorStep.Plain(),
            root.OptionalObject("decoder") is { } decoder ? Decoder(decoder) : null,
            AddedTokens(root, model.Vocabulary));
        root.RefuseOtherKeys("truncation", "padding");
        // The tokenizer library takes a WordPiece vocabulary as lines; where pieces hold no white space the rest is never found anyhow.
        if (model is TokenModel.WordPiece
            && description.PreTokenizer is not (PreTokenizerStep.Bert or PreTokenizerStep.Whitespace or PreTokenizerStep.WhitespaceSplit)
            && model.Vocabulary.Entries.FirstOrDefault(e => e.Key.AsSpan().IndexOfAny('\r', '\n') >= 0).Key is { } broken)
            throw TokenizerErrors.Unsupported(root.At("model.vocab"), broken, "tokens without line breaks");
        return description;
    }

    static List<AddedToken> AddedTokens(JsonView root, Vocabulary vocabulary)
    {
        var list = new AddedTokenList(vocabulary);
        foreach (var item in root.Objects("added_tokens"))
        {
            var token = new AddedToken(
                item.Text("content"), item.Int("id"), item.OptionalBool("special") ?? false,
                item.OptionalBool("normalized") ?? !(item.OptionalBool("special") ?? false),
                item.OptionalBool("lstrip") ?? false, item.OptionalBool("rstrip") ?? false, item.OptionalBool("single_word") ?? false);
            item.RefuseOtherKeys();
            var id = list.Add(token);
            if (id is not null && id != token.Id)
                throw TokenizerErrors.WrongKind(
                    item.At("id"), $"{id}, which the vocabulary and the tokens before it give \"{token.Content}\"", $"{token.Id}");
        }
        return list.Tokens;
    }

    static TokenModel Model(JsonView view)
    {
        // Files of the first versions name no type; there the keys tell.
        var type = view.OptionalText("type")
            ?? (view.Has("merges") ? "BPE" : view.Has("max_input_chars_per_word") ? "WordPiece" : "without a type");
        TokenModel model = type switch
        {
            "WordPiece" => WordPiece(view),
            "BPE" => BytePair(view),
            _ => throw TokenizerErrors.Unsupported(view.At("type"), type, "WordPiece or BPE"),
        };
        view.RefuseOtherKeys();
        return model;
    }

    static TokenModel.WordPiece WordPiece(JsonView view)
    {
        var vocabulary = ReadVocabulary(view.Object("vocab"));
        var unknown = view.Text("unk_token");
        if (vocabulary.IdOf(unknown) is null)
            throw TokenizerErrors.WrongKind(view.At("unk_token"), "a token of the vocabulary", $"\"{unknown}\"");
        var longest = view.OptionalInt("max_input_chars_per_word") ?? 100;
        if (longest is < 1 or > 1000) // the tokenizer library puts a word on the stack
            throw TokenizerErrors.WrongKind(view.At("max_input_chars_per_word"), "1 to 1000 (100 is usual)", $"{longest}");
        return new TokenModel.WordPiece(vocabulary, unknown, view.OptionalText("continuing_subword_prefix") ?? "##", longest);
    }

    static TokenModel.BytePair BytePair(JsonView view)
    {
        if (view.Raw("dropout") is { } dropout && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
            throw TokenizerErrors.Unsupported(view.At("dropout"), dropout.GetRawText(), "no dropout, for it makes tokens random");
        if (view.Raw("merges") is null)
            throw TokenizerErrors.Missing(view.At("merges"), "an array of merges");
        return MakeBytePair(
            ReadVocabulary(view.Object("vocab")),
            [.. view.Items("merges").Select(item => Merge(item.Value, item.Place))],
            view.OptionalText("unk_token"),
            view.OptionalText("continuing_subword_prefix") ?? "",
            view.OptionalText("end_of_word_suffix") ?? "",
            view.OptionalBool("fuse_unk") ?? false,
            view.OptionalBool("byte_fallback") ?? false,
            view.OptionalBool("ignore_merges") ?? false,
            view.Place);
    }

    /// <summary>Builds a BPE model once all its parts are known to fit together.</summary>
    /// <exception cref="BadInputException">A merge or the unknown token names a token that the vocabulary lacks.</exception>
    internal static TokenModel.BytePair MakeBytePair(
        Vocabulary vocabulary, IReadOnlyList<(string Left, string Right)> merges, string? unknown, string prefix, string suffix,
        bool fuseUnknown, bool byteFallback, bool ignoreMerges, string place)
    {
        if (unknown is not null && vocabulary.IdOf(unknown) is null)
            throw TokenizerErrors.WrongKind($"{place}.unk_token", "a token of the vocabulary", $"\"{unknown}\"");
        for (var i = 0; i < merges.Count; i++)
        {
            var (left, right) = merges[i];
            foreach (var token in (string[])[left, right, right.Length < prefix.Length ? right : left + right[prefix.Length..]])
                if (vocabulary.IdOf(token) is null)
                    throw TokenizerErrors.WrongKind(
                        $"{place} · merge {i} (\"{left}\" and \"{right}\")", "tokens of the vocabulary", $"\"{token}\", which it lacks");
        }
        return new TokenModel.BytePair(vocabulary, merges, unknown, prefix, suffix, fuseUnknown, byteFallback, ignoreMerges);
    }

    static (string, string) Merge(JsonElement value, string place)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 2)
            return (JsonView.Text(value[0], place), JsonView.Text(value[1], place));
        if (value.ValueKind == JsonValueKind.String && JsonView.Text(value, place).Split(' ') is [var left, var right])
            return (left, right);
        throw TokenizerErrors.WrongKind(place, "two tokens, as \"a b\" or [\"a\", \"b\"]", value.GetRawText());
    }

    internal static Vocabulary ReadVocabulary(JsonView view)
        => new(view.Members().Select(m => KeyValuePair.Create(m.Name, JsonView.Int(m.Value, $"{view.Place} \"{m.Name}\""))), view.Place);
}
