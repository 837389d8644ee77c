using System.Text;
using System.Text.Json;

namespace FFSplit.Checkpoints.Tokenization;

static partial class TokenizerJson
{
    static NormalizerStep Normalizer(JsonView view)
    {
        var type = view.Text("type");
        NormalizerStep step = type switch
        {
            "Sequence" => new NormalizerStep.Sequence([.. view.Objects("normalizers").Select(Normalizer)]),
            "BertNormalizer" => BertNormalizer(view),
            "NFC" => new NormalizerStep.Unicode(NormalizationForm.FormC),
            "NFD" => new NormalizerStep.Unicode(NormalizationForm.FormD),
            "NFKC" => new NormalizerStep.Unicode(NormalizationForm.FormKC),
            "NFKD" => new NormalizerStep.Unicode(NormalizationForm.FormKD),
            "Lowercase" => new NormalizerStep.Lowercase(),
            "StripAccents" => new NormalizerStep.StripAccents(),
            "Strip" => new NormalizerStep.Strip(view.Bool("strip_left"), view.Bool("strip_right")),
            "Prepend" => new NormalizerStep.Prepend(view.Text("prepend")),
            "Replace" => new NormalizerStep.Replace(Pattern(view), view.Text("content")),
            "ByteLevel" => new NormalizerStep.ByteLevel(),
            _ => throw TokenizerErrors.Unsupported(view.At("type"), type,
                "BertNormalizer, NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace, ByteLevel or Sequence"),
        };
        view.RefuseOtherKeys();
        return step;
    }

    static NormalizerStep.Bert BertNormalizer(JsonView view)
    {
        var lowercase = view.Bool("lowercase");
        return new(view.Bool("clean_text"), view.Bool("handle_chinese_chars"), view.OptionalBool("strip_accents") ?? lowercase, lowercase);
    }

    static PreTokenizerStep PreTokenizer(JsonView view)
    {
        var type = view.Text("type");
        PreTokenizerStep step = type switch
        {
            "Sequence" => new PreTokenizerStep.Sequence([.. view.Objects("pretokenizers").Select(PreTokenizer)]),
            "BertPreTokenizer" => new PreTokenizerStep.Bert(),
            "ByteLevel" => new PreTokenizerStep.ByteLevel(view.Bool("add_prefix_space"), view.OptionalBool("use_regex") ?? true),
            "Split" => new PreTokenizerStep.Split(Pattern(view), Behavior(view, null), view.Bool("invert")),
            "Digits" => new PreTokenizerStep.Digits(view.Bool("individual_digits")),
            "Punctuation" => new PreTokenizerStep.Punctuation(Behavior(view, SplitBehavior.Isolated)),
            "Whitespace" => new PreTokenizerStep.Whitespace(),
            "WhitespaceSplit" => new PreTokenizerStep.WhitespaceSplit(),
            "Metaspace" => new PreTokenizerStep.Metaspace(Replacement(view), Scheme(view), view.OptionalBool("split") ?? true),
            _ => throw TokenizerErrors.Unsupported(view.At("type"), type,
                "BertPreTokenizer, ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, Metaspace or Sequence"),
        };
        view.RefuseOtherKeys("trim_offsets", "str_rep");
        return step;
    }

    static PostProcessorStep PostProcessor(JsonView view)
    {
        var type = view.Text("type");
        PostProcessorStep step = type switch
        {
            "Sequence" => Chain(view),
            "TemplateProcessing" => Template(view),
            "BertProcessing" => new PostProcessorStep.Bert(NamedId(view, "cls"), NamedId(view, "sep")),
            "RobertaProcessing" => new PostProcessorStep.Roberta(NamedId(view, "cls"), NamedId(view, "sep")),
            "ByteLevel" => new PostProcessorStep.Plain(),
            _ => throw TokenizerErrors.Unsupported(
                view.At("type"), type, "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel or Sequence"),
        };
        view.RefuseOtherKeys("trim_offsets", "add_prefix_space", "use_regex"); // they move offsets, not ids
        return step;
    }

    /// <summary>One that adds tokens, with any number of ByteLevel, which only moves offsets.</summary>
    static PostProcessorStep Chain(JsonView view)
    {
        var steps = view.Objects("processors").Select(PostProcessor).Where(step => step is not PostProcessorStep.Plain).ToArray();
        return steps.Length switch
        {
            0 => new PostProcessorStep.Plain(),
            1 => steps[0],
            _ => throw TokenizerErrors.Unsupported(
                view.At("processors"), string.Join("\", \"", steps.Select(s => s.GetType().Name)), "one that adds tokens"),
        };
    }

    static PostProcessorStep.Template Template(JsonView view)
    {
        var special = new Dictionary<string, int[]>(StringComparer.Ordinal);
        var tokens = view.Object("special_tokens");
        foreach (var (name, value) in tokens.Members())
        {
            var token = JsonView.Of(value, tokens.At(name), tokens.At(name));
            special[name] = [.. token.Items("ids").Select(id => JsonView.Int(id.Value, id.Place))];
            token.RefuseOtherKeys("id", "tokens");
        }
        return new([.. Pieces("single")], [.. Pieces("pair")]);

        IEnumerable<TemplatePiece> Pieces(string key)
        {
            foreach (var piece in view.Objects(key))
            {
                if (piece.OptionalObject("Sequence") is { } sequence)
                    yield return new TemplatePiece(sequence.Text("id") switch
                    {
                        "A" => 0,
                        "B" when key == "pair" => 1,
                        var other => throw TokenizerErrors.Unsupported(sequence.At("id"), other, "A, or in a pair B"),
                    }, [], sequence.Int("type_id"));
                else if (piece.OptionalObject("SpecialToken") is { } token)
                    yield return new TemplatePiece(null, special.GetValueOrDefault(token.Text("id"))
                        ?? throw TokenizerErrors.WrongKind(token.At("id"), "a name from special_tokens", $"\"{token.Text("id")}\""),
                        token.Int("type_id"));
                piece.RefuseOtherKeys();
            }
        }
    }

    static int NamedId(JsonView view, string key)
    {
        (JsonElement Value, string Place)[] items = [.. view.Items(key)];
        return items.Length == 2 ? JsonView.Int(items[1].Value, items[1].Place)
            : throw TokenizerErrors.WrongKind(view.At(key), "a token and its id", $"{items.Length} elements");
    }

    static DecoderStep Decoder(JsonView view)
    {
        var type = view.Text("type");
        DecoderStep step = type switch
        {
            "Sequence" => new DecoderStep.Sequence([.. view.Objects("decoders").Select(Decoder)]),
            "WordPiece" => new DecoderStep.WordPiece(view.OptionalText("prefix") ?? "##", view.OptionalBool("cleanup") ?? true),
            "ByteLevel" => new DecoderStep.ByteLevel(),
            "BPEDecoder" => new DecoderStep.BytePair(view.OptionalText("suffix") ?? "</w>"),
            "Replace" => new DecoderStep.Replace(Pattern(view), view.Text("content")),
            "ByteFallback" => new DecoderStep.ByteFallback(),
            "Fuse" => new DecoderStep.Fuse(),
            "Strip" => new DecoderStep.Strip(NotEmpty(view, "content"), view.Int("start"), view.Int("stop")),
            "Metaspace" => new DecoderStep.Metaspace(Replacement(view), Scheme(view)),
            _ => throw TokenizerErrors.Unsupported(view.At("type"), type,
                "WordPiece, ByteLevel, BPEDecoder, Replace, ByteFallback, Fuse, Strip, Metaspace or Sequence"),
        };
        view.RefuseOtherKeys("trim_offsets", "add_prefix_space", "use_regex", "str_rep", "split"); // they matter to the encoding only
        return step;
    }

    static TextPattern Pattern(JsonView view)
    {
        var pattern = view.Object("pattern");
        var result = pattern.OptionalText("String") is { } literal
            ? TextPattern.Literal(literal)
            : TextPattern.Expression(pattern.Text("Regex"), pattern.At("Regex"));
        pattern.RefuseOtherKeys();
        return result;
    }

    static SplitBehavior Behavior(JsonView view, SplitBehavior? absent)
    {
        var name = absent is null ? view.Text("behavior") : view.OptionalText("behavior") ?? absent.ToString()!;
        return Enum.TryParse<SplitBehavior>(name, out var behavior) && !char.IsAsciiDigit(name[0]) ? behavior
            : throw TokenizerErrors.Unsupported(view.At("behavior"), name, string.Join(", ", Enum.GetNames<SplitBehavior>()));
    }

    static string Replacement(JsonView view) => NotEmpty(view, "replacement");

    static string NotEmpty(JsonView view, string key)
        => view.Text(key) is { Length: > 0 } text ? text : throw TokenizerErrors.WrongKind(view.At(key), "one character", "an empty text");

    /// <summary>Older files say add_prefix_space where newer ones say prepend_scheme.</summary>
    static PrependScheme Scheme(JsonView view)
    {
        var prefix = view.OptionalBool("add_prefix_space") ?? true;
        return view.OptionalText("prepend_scheme") switch
        {
            null => prefix ? PrependScheme.Always : PrependScheme.Never,
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw TokenizerErrors.Unsupported(view.At("prepend_scheme"), other, "always, first or never"),
        };
    }
}
