namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Makes a description from the files of the time before tokenizer.json, as transformers 5 does for the class that the folder
/// names (models/{bert,mpnet,roberta,gpt2}/tokenization_*.py).</summary>
static class LegacyFiles
{
    const string Classes = "BertTokenizer, DistilBertTokenizer, ElectraTokenizer, MPNetTokenizer, RobertaTokenizer or GPT2Tokenizer "
        + "(each with or without \"Fast\"), or a folder with tokenizer.json";

    /// <summary>The class without "Fast"; by the files where nothing names one.</summary>
    internal static string ClassName(TokenizerConfig config, string folder)
        => config.Class is { } name ? (name.EndsWith("Fast", StringComparison.Ordinal) ? name[..^4] : name)
            : File.Exists(Path.Combine(folder, "vocab.txt")) ? "BertTokenizer" : "GPT2Tokenizer";

    /// <exception cref="BadInputException">A file is missing or damaged, or the class is not known.</exception>
    internal static TokenizerDescription Read(string folder, string className, TokenizerConfig config) => className switch
    {
        "BertTokenizer" or "DistilBertTokenizer" or "ElectraTokenizer" => Bert(folder, config),
        "MPNetTokenizer" => Mpnet(folder, config),
        "RobertaTokenizer" => Roberta(folder, config),
        "GPT2Tokenizer" => Gpt2(folder, config),
        _ => throw TokenizerErrors.Unsupported($"{folder}: tokenizer class", className, Classes),
    };

    static TokenizerDescription Bert(string folder, TokenizerConfig config)
    {
        var special = new Specials(config, "[UNK]", "[SEP]", "[PAD]", "[CLS]", TokenizerConfig.Special("[MASK]"));
        return WordPiece(folder, config, special, (cls, sep) => new PostProcessorStep.Template(
            [Special(cls, 0), Text(0, 0), Special(sep, 0)],
            [Special(cls, 0), Text(0, 0), Special(sep, 0), Text(1, 1), Special(sep, 1)]));
    }

    static TokenizerDescription Mpnet(string folder, TokenizerConfig config)
    {
        // <mask> takes the space before it along, unless the folder says otherwise in so many words
        var special = new Specials(config, "[UNK]", "</s>", "<pad>", "<s>", TokenizerConfig.Special("<mask>", true), "<s>", "</s>");
        return WordPiece(folder, config, special, (cls, sep) => new PostProcessorStep.Template(
            [Special(cls, 0), Text(0, 0), Special(sep, 0)],
            [Special(cls, 0), Text(0, 0), Special(sep, 0), Special(sep, 0), Text(1, 1), Special(sep, 1)]));
    }

    static TokenizerDescription Roberta(string folder, TokenizerConfig config)
    {
        var model = BytePair(folder);
        var special = new Specials(config, "<unk>", "</s>", "<pad>", "<s>", TokenizerConfig.Special("<mask>"), "<s>", "</s>");
        var added = special.List(model.Vocabulary);
        var around = new PostProcessorStep.Roberta(special.Id(added, "cls_token"), special.Id(added, "sep_token"));
        return ByteLevel(config, model, around, added);
    }

    static TokenizerDescription Gpt2(string folder, TokenizerConfig config)
    {
        var model = BytePair(folder);
        const string End = "<|endoftext|>";
        var special = new Specials(config, End, null, null, null, null, End, End);
        var added = special.List(model.Vocabulary);
        TemplatePiece[] bos = Adds("add_bos_token", "bos_token") is { } first ? [Special(first, 0)] : [];
        TemplatePiece[] eos = Adds("add_eos_token", "eos_token") is { } last ? [Special(last, 0)] : [];
        var second = bos.Append(Text(1, 0)).Concat(eos).Select(piece => piece with { TypeId = 1 });
        TemplatePiece[] single = [.. bos, Text(0, 0), .. eos];
        return ByteLevel(config, model, new PostProcessorStep.Template(single, [.. single, .. second]), added);

        int? Adds(string key, string name)
            => config.Switch(key) == true && special.Token(name) is not null ? special.Id(added, name) : null;
    }

    static TokenizerDescription WordPiece(
        string folder, TokenizerConfig config, Specials special, Func<int, int, PostProcessorStep> template)
    {
        var vocabulary = Lines(Existing(folder, "vocab.txt"));
        var unknown = special.Token("unk_token")?.Content ?? "[UNK]";
        if (vocabulary.IdOf(unknown) is null)
            throw TokenizerErrors.WrongKind(Path.Combine(folder, "vocab.txt"), $"the unknown token \"{unknown}\" among its lines", "none");
        var added = special.List(vocabulary);
        var lowercase = config.Switch("do_lower_case") ?? true;
        return new TokenizerDescription(
            new NormalizerStep.Bert(
                true, config.Switch("tokenize_chinese_chars") ?? true, config.Switch("strip_accents") ?? lowercase, lowercase),
            new PreTokenizerStep.Bert(),
            new TokenModel.WordPiece(vocabulary, unknown, "##", 100),
            template(special.Id(added, "cls_token"), special.Id(added, "sep_token")),
            new DecoderStep.WordPiece("##", true),
            added);
    }

    static TokenizerDescription ByteLevel(
        TokenizerConfig config, TokenModel model, PostProcessorStep postProcessor, IReadOnlyList<AddedToken> added)
        => new(null, new PreTokenizerStep.ByteLevel(config.Switch("add_prefix_space") ?? false, true), model, postProcessor,
            new DecoderStep.ByteLevel(), added);

    static TokenModel.BytePair BytePair(string folder)
    {
        var vocabulary = TokenizerJson.ReadVocabulary(JsonView.Open(Existing(folder, "vocab.json")));
        var file = Existing(folder, "merges.txt");
        var merges = new List<(string, string)>();
        foreach (var line in Utf8Lines(file))
            if (line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
                merges.Add(line.Split(' ') is [var left, var right] ? (left, right)
                    : throw TokenizerErrors.WrongKind(file, "two tokens in each line", $"\"{line}\""));
        return TokenizerJson.MakeBytePair(vocabulary, merges, null, "", "", false, false, false, file);
    }

    /// <summary>A token in each line, its number the id; of a token that stands twice the last line counts.</summary>
    static Vocabulary Lines(string file)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var count = 0;
        foreach (var line in Utf8Lines(file))
            ids[line.TrimEnd()] = count++;
        return new Vocabulary(ids, file);
    }

    static string[] Utf8Lines(string file)
    {
        try
        {
            var lines = new System.Text.UTF8Encoding(false, true).GetString(File.ReadAllBytes(file)).Split('\n');
            return [.. (lines[^1].Length == 0 ? lines[..^1] : lines).Select(line => line.EndsWith('\r') ? line[..^1] : line)];
        }
        catch (System.Text.DecoderFallbackException)
        {
            throw TokenizerErrors.WrongKind(file, "UTF-8 text", "other bytes");
        }
    }

    static string Existing(string folder, string name)
        => Path.Combine(folder, name) is var file && File.Exists(file) ? file : throw TokenizerErrors.Missing(file, "the file");

    static TemplatePiece Special(int id, int type) => new(null, [id], type);

    static TemplatePiece Text(int which, int type) => new(which, [], type);

    /// <summary>The special tokens of a class: the folder's, else the class's own.</summary>
    sealed class Specials(
        TokenizerConfig config, string? unk, string? sep, string? pad, string? cls, AddedToken? mask,
        string? bos = null, string? eos = null)
    {
        internal AddedToken? Token(string name) => config.Named(name, name switch
        {
            "unk_token" => Plain(unk),
            "sep_token" => Plain(sep),
            "pad_token" => Plain(pad),
            "cls_token" => Plain(cls),
            "bos_token" => Plain(bos),
            "eos_token" => Plain(eos),
            _ => mask,
        }) is not { } token ? null
            : name == "mask_token" && mask is { LeftStrip: true } && !config.HasSwitches(name) ? token with { LeftStrip = true } : token;

        internal List<AddedToken> List(Vocabulary vocabulary)
        {
            var list = new AddedTokenList(vocabulary);
            AddedToken[] others = [.. TokenizerConfig.NamedTokens.Select(Token).OfType<AddedToken>(), .. config.Extra];
            foreach (var token in config.Added)
                list.Add(token with { Special = token.Special || Array.Exists(others, t => t.Content == token.Content) });
            foreach (var token in others)
                if (!list.Has(token.Content))
                    list.Add(token with { Special = true });
            return list.Tokens;
        }

        internal int Id(List<AddedToken> added, string name) => Token(name) is { } token
            ? added.Find(t => t.Content == token.Content)!.Id
            : throw TokenizerErrors.Missing($"tokenizer_config.json · {name}", "a token, for it is put around every text");

        static AddedToken? Plain(string? content) => content is null ? null : TokenizerConfig.Special(content);
    }
}
