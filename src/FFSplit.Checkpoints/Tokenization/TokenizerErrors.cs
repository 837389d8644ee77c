namespace FFSplit.Checkpoints.Tokenization;

/// <summary>The failures that several parts of the tokenizer reading share, each with the file and the key that it is about.</summary>
static class TokenizerErrors
{
    const string Report = "Use a folder whose tokenizer consists of supported parts, or ask for this part with the file attached.";

    internal static BadInputException Missing(string thing, string expected)
        => new(thing, expected, "nothing", "Take the file again from where the model came from; it is incomplete.");

    internal static BadInputException WrongKind(string thing, string expected, string found)
        => new(thing, expected, found, "Take the file again from where the model came from, or repair this key by hand.");

    internal static BadInputException Unsupported(string thing, string name, string supported)
        => new(thing, supported, $"\"{name}\"", Report);

    internal static BadInputException UnknownKey(string thing, string found)
        => new(thing, "only keys whose meaning is known", found, Report);

    internal static BadInputException NotJson(string file, Exception cause)
        => new(file, "a JSON document", $"something else ({cause.Message})",
            "Take the file again; it may be cut off or a download page.", cause);
}
