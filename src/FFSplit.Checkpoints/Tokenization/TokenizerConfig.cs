using System.Globalization;
using System.Text.Json;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>What tokenizer_config.json, special_tokens_map.json and added_tokens.json say; each may be missing.</summary>
/// <remarks>As transformers 5 reads them (tokenization_utils_base.py): special_tokens_map.json and added_tokens.json count only where
/// tokenizer_config.json has no <c>added_tokens_decoder</c>, and special_tokens_map.json goes before tokenizer_config.json.</remarks>
sealed class TokenizerConfig
{
    /// <summary>In the order in which Hugging Face adds them.</summary>
    internal static readonly string[] NamedTokens =
        ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    readonly JsonView? config;
    readonly Dictionary<string, AddedToken?> named = [];
    readonly HashSet<string> bare = [];

    TokenizerConfig(JsonView? config) => this.config = config;

    /// <summary>The class of the tokenizer, with or without "Fast" at its end; null where nothing names one.</summary>
    internal string? Class { get; private init; }

    /// <summary>added_tokens_decoder or added_tokens.json, by id.</summary>
    internal List<AddedToken> Added { get; } = [];

    /// <summary>additional_special_tokens, under that name or its newer one.</summary>
    internal List<AddedToken> Extra { get; } = [];

    /// <summary>model_max_length, once max_len; null where absent or above 10^9, which stands for "no limit".</summary>
    internal int? ModelMaxLength
    {
        get
        {
            if ((config?.Raw("model_max_length") ?? config?.Raw("max_len")) is not { } value)
                return null;
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number) || number < 1)
                throw TokenizerErrors.WrongKind(config!.At("model_max_length"), "a number from 1 on", value.GetRawText());
            return number <= 1e9 ? (int)number : null;
        }
    }

    /// <summary>model_input_names; null where it is not given.</summary>
    internal IReadOnlyList<string>? InputNames => config is null || !config.Has("model_input_names") ? null
        : [.. config.Items("model_input_names").Select(item => JsonView.Text(item.Value, item.Place))];

    /// <summary>truncation_side: whether the front of a text that is too long is cut off.</summary>
    internal bool CutsFromTheLeft => config?.OptionalText("truncation_side") switch
    {
        null or "right" => false,
        "left" => true,
        var other => throw TokenizerErrors.Unsupported(config!.At("truncation_side"), other, "right or left"),
    };

    internal bool? Switch(string key) => config?.OptionalBool(key);

    /// <summary>A named token: the folder's, or <paramref name="absent"/> where it says nothing; null where it says null.</summary>
    internal AddedToken? Named(string name, AddedToken? absent = null) => named.TryGetValue(name, out var token) ? token : absent;

    /// <summary>Whether a named token is given with its switches, not only by its text.</summary>
    internal bool HasSwitches(string name) => named.ContainsKey(name) && !bare.Contains(name);

    internal static AddedToken Special(string content, bool leftStrip = false) => new(content, -1, true, false, leftStrip);

    /// <exception cref="BadInputException">One of the files is damaged.</exception>
    internal static TokenizerConfig Read(string folder)
    {
        var config = Optional(folder, "tokenizer_config.json");
        var result = new TokenizerConfig(config) { Class = config?.OptionalText("tokenizer_class") ?? ClassOfModel(folder) };
        if (config?.OptionalBool("split_special_tokens") == true)
            throw TokenizerErrors.Unsupported(config.At("split_special_tokens"), "true", "special tokens that are never split");
        result.ReadNamed(config);
        if (config?.OptionalObject("added_tokens_decoder") is { } decoder)
        {
            foreach (var (name, value) in decoder.Members())
            {
                if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
                    throw TokenizerErrors.WrongKind(decoder.Place, "ids as keys", $"\"{name}\"");
                result.Added.Add(Token(JsonView.Of(value, decoder.At(name), decoder.At(name)), null) with { Id = id });
            }
        }
        else
        {
            result.ReadNamed(Optional(folder, "special_tokens_map.json"));
            if (Optional(folder, "added_tokens.json") is { } added)
                foreach (var (content, id) in added.Members())
                {
                    var special = result.named.Values.Concat(result.Extra).Any(t => t?.Content == content);
                    result.Added.Add(new AddedToken(content, JsonView.Int(id, added.At(content)), special, !special));
                }
        }
        result.Added.Sort((a, b) => a.Id.CompareTo(b.Id));
        foreach (var name in NamedTokens) // a list with switches knows more than a name
            if (result.named.GetValueOrDefault(name) is { } token && result.Added.Find(t => t.Content == token.Content) is { } known)
            {
                result.named[name] = known with { Special = true };
                result.bare.Remove(name);
            }
        return result;
    }

    void ReadNamed(JsonView? view)
    {
        if (view is null)
            return;
        foreach (var name in NamedTokens)
            if (view.Raw(name) is { } value)
            {
                named[name] = Token(value, view.At(name));
                if (value.ValueKind == JsonValueKind.String)
                    bare.Add(name);
                else
                    bare.Remove(name);
            }
            else if (view.Members().Any(m => m.Name == name))
                named[name] = null;
        foreach (var key in (string[])["additional_special_tokens", "extra_special_tokens"])
            if (view.Raw(key) is { ValueKind: JsonValueKind.Array })
                Extra.AddRange(view.Items(key).Select(item => Token(item.Value, item.Place)));
            else if (view.OptionalObject(key) is { } byName)
                Extra.AddRange(byName.Members().Select(m => Token(m.Value, byName.At(m.Name))));
    }

    static AddedToken Token(JsonElement value, string place) => value.ValueKind == JsonValueKind.String
        ? Special(JsonView.Text(value, place)) : Token(JsonView.Of(value, place, place), true);

    static AddedToken Token(JsonView view, bool? special)
    {
        var isSpecial = special ?? view.OptionalBool("special") ?? false;
        return new AddedToken(view.Text("content"), -1, isSpecial, view.OptionalBool("normalized") ?? !isSpecial,
            view.OptionalBool("lstrip") ?? false, view.OptionalBool("rstrip") ?? false, view.OptionalBool("single_word") ?? false);
    }

    static JsonView? Optional(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? JsonView.Open(file) : null;
    }

    /// <summary>The class that transformers' AutoTokenizer takes when only config.json says something.</summary>
    static string? ClassOfModel(string folder)
    {
        var config = Optional(folder, "config.json");
        if (config?.OptionalText("tokenizer_class") is { } name)
            return name;
        var type = config?.OptionalText("model_type");
        if (type?.StartsWith("ffsplit-", StringComparison.Ordinal) == true)
            type = type["ffsplit-".Length..];
        return type switch
        {
            null => null,
            "bert" => "BertTokenizer",
            "distilbert" => "DistilBertTokenizer",
            "electra" => "ElectraTokenizer",
            "mpnet" => "MPNetTokenizer",
            "roberta" => "RobertaTokenizer",
            "gpt2" or "gpt_neo" or "opt" => "GPT2Tokenizer",
            _ => $"that of model type {type}",
        };
    }
}
