using System.Text.Json;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Writes a tokenizer that was made from the older files as tokenizer.json, version 1.0 (tokenizers, serialization of each
/// part).</summary>
static class TokenizerJsonWriter
{
    internal static void Write(Utf8JsonWriter json, TokenizerDescription tokenizer)
    {
        json.WriteStartObject();
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        // In the order of their ids each is given its own again by whoever counts on from the vocabulary.
        foreach (var token in tokenizer.AddedTokens.OrderBy(t => t.Id)) Write(json, token);
        json.WriteEndArray();
        Write(json, tokenizer.Normalizer);
        Write(json, tokenizer.PreTokenizer);
        Write(json, tokenizer.PostProcessor, tokenizer);
        Write(json, tokenizer.Decoder);
        Write(json, tokenizer.Model);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, AddedToken token)
    {
        json.WriteStartObject();
        json.WriteNumber("id", token.Id);
        json.WriteString("content", token.Content);
        json.WriteBoolean("single_word", token.SingleWord);
        json.WriteBoolean("lstrip", token.LeftStrip);
        json.WriteBoolean("rstrip", token.RightStrip);
        json.WriteBoolean("normalized", token.Normalized);
        json.WriteBoolean("special", token.Special);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, NormalizerStep? step)
    {
        if (step is null)
        {
            json.WriteNull("normalizer");
            return;
        }
        var bert = step as NormalizerStep.Bert ?? throw Unexpected(step);
        Begin(json, "normalizer", "BertNormalizer");
        json.WriteBoolean("clean_text", bert.CleanText);
        json.WriteBoolean("handle_chinese_chars", bert.SpaceAroundIdeographs);
        json.WriteBoolean("strip_accents", bert.DropAccents);
        json.WriteBoolean("lowercase", bert.ToLower);
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, PreTokenizerStep? step)
    {
        switch (step)
        {
            case PreTokenizerStep.Bert:
                Begin(json, "pre_tokenizer", "BertPreTokenizer");
                break;
            case PreTokenizerStep.ByteLevel bytes:
                Begin(json, "pre_tokenizer", "ByteLevel");
                json.WriteBoolean("add_prefix_space", bytes.AddPrefixSpace);
                json.WriteBoolean("trim_offsets", true);
                json.WriteBoolean("use_regex", bytes.UseRegex);
                break;
            default:
                throw Unexpected(step);
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, PostProcessorStep step, TokenizerDescription tokenizer)
    {
        switch (step)
        {
            case PostProcessorStep.Roberta around:
                Begin(json, "post_processor", "RobertaProcessing");
                Named("sep", around.SeparatorId);
                Named("cls", around.ClassId);
                json.WriteBoolean("trim_offsets", true);
                json.WriteBoolean("add_prefix_space", tokenizer.PreTokenizer is PreTokenizerStep.ByteLevel { AddPrefixSpace: true });
                break;
            case PostProcessorStep.Template template:
                Begin(json, "post_processor", "TemplateProcessing");
                Pieces("single", template.Single);
                Pieces("pair", template.Pair);
                json.WriteStartObject("special_tokens");
                foreach (var id in template.Single.Concat(template.Pair).SelectMany(p => p.SpecialIds).Distinct()) Special(id);
                json.WriteEndObject();
                break;
            default:
                throw Unexpected(step);
        }
        json.WriteEndObject();

        void Named(string key, int id)
        {
            json.WriteStartArray(key);
            json.WriteStringValue(Name(id));
            json.WriteNumberValue(id);
            json.WriteEndArray();
        }

        void Pieces(string key, IReadOnlyList<TemplatePiece> pieces)
        {
            json.WriteStartArray(key);
            foreach (var piece in pieces)
            {
                json.WriteStartObject();
                json.WriteStartObject(piece.Text is null ? "SpecialToken" : "Sequence");
                json.WriteString("id", piece.Text is { } text ? (text == 0 ? "A" : "B") : Name(piece.SpecialIds[0]));
                json.WriteNumber("type_id", piece.TypeId);
                json.WriteEndObject();
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }

        void Special(int id)
        {
            json.WriteStartObject(Name(id));
            json.WriteString("id", Name(id));
            json.WriteStartArray("ids");
            json.WriteNumberValue(id);
            json.WriteEndArray();
            json.WriteStartArray("tokens");
            json.WriteStringValue(Name(id));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        string Name(int id) => tokenizer.AddedTokens.First(t => t.Id == id).Content;
    }

    static void Write(Utf8JsonWriter json, DecoderStep? step)
    {
        switch (step)
        {
            case DecoderStep.WordPiece pieces:
                Begin(json, "decoder", "WordPiece");
                json.WriteString("prefix", pieces.Prefix);
                json.WriteBoolean("cleanup", pieces.CleanUp);
                break;
            case DecoderStep.ByteLevel:
                Begin(json, "decoder", "ByteLevel");
                json.WriteBoolean("add_prefix_space", true);
                json.WriteBoolean("trim_offsets", true);
                json.WriteBoolean("use_regex", true);
                break;
            default:
                throw Unexpected(step);
        }
        json.WriteEndObject();
    }

    static void Write(Utf8JsonWriter json, TokenModel model)
    {
        switch (model)
        {
            case TokenModel.WordPiece pieces:
                Begin(json, "model", "WordPiece");
                json.WriteString("unk_token", pieces.UnknownToken);
                json.WriteString("continuing_subword_prefix", pieces.ContinuingPrefix);
                json.WriteNumber("max_input_chars_per_word", pieces.MaxCharactersPerWord);
                Vocabulary(json, model);
                break;
            case TokenModel.BytePair pairs:
                Begin(json, "model", "BPE");
                json.WriteNull("dropout");
                json.WriteString("unk_token", pairs.UnknownToken);
                json.WriteString("continuing_subword_prefix", pairs.ContinuingPrefix);
                json.WriteString("end_of_word_suffix", pairs.EndOfWordSuffix);
                json.WriteBoolean("fuse_unk", pairs.FuseUnknown);
                json.WriteBoolean("byte_fallback", pairs.ByteFallback);
                json.WriteBoolean("ignore_merges", pairs.IgnoreMerges);
                Vocabulary(json, model);
                // As one string each, which readers of every age understand; tokens of merges.txt hold no spaces.
                json.WriteStartArray("merges");
                foreach (var (left, right) in pairs.Merges) json.WriteStringValue($"{left} {right}");
                json.WriteEndArray();
                break;
            default:
                throw Unexpected(model);
        }
        json.WriteEndObject();
    }

    static void Vocabulary(Utf8JsonWriter json, TokenModel model)
    {
        json.WriteStartObject("vocab");
        foreach (var (token, id) in model.Vocabulary.Entries.OrderBy(e => e.Value)) json.WriteNumber(token, id);
        json.WriteEndObject();
    }

    static void Begin(Utf8JsonWriter json, string key, string type)
    {
        json.WriteStartObject(key);
        json.WriteString("type", type);
    }

    static System.Diagnostics.UnreachableException Unexpected(object? part)
        => new($"The older files give no {part?.GetType().Name ?? "empty part"}.");
}
