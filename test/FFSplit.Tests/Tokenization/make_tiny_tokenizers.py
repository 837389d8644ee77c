# Writes tiny-tokenizers.json: small tokenizers in the forms that hubs hold, with what Hugging Face's tokenizers give for hard text.
# usage: python3 make_tiny_tokenizers.py > tiny-tokenizers.json (the file committed: tokenizers 0.23.1)
import json, random, sys
import tokenizers
from tokenizers import Tokenizer, models, trainers, normalizers as N, pre_tokenizers as P, decoders as D

PROSE = """The lamp in the harbour office burned until the tide had turned and the last of the boats lay still.
Nobody had asked the clerk to wait, yet he waited, with his coat on and his hat upon the ledger.
"You'll have heard," said the widow, "that they've sold the mill?" He hadn't; it wasn't in Tuesday's paper.
She counted out 12 pounds, 7 shillings and 6 pence - 1,234 coins in all, he thought - and didn't look up.
Rain came over the hill like a slow crowd; the windows shook; the dog under the table sighed and slept.
We're not what we were, I'm told, and it's a fair thing to say of old houses and of older friends."""
LINES = PROSE.split('\n')


def added(i, content, **switches):
    return dict(id=i, content=content, single_word=False, lstrip=False, rstrip=False, normalized=False, special=False) | switches


def trained(model, trainer, pre=None, normalizer=None):
    t = Tokenizer(model)
    if pre is not None: t.pre_tokenizer = pre
    if normalizer is not None: t.normalizer = normalizer
    t.train_from_iterator(LINES, trainer)
    return json.loads(t.to_str())


alphabet = sorted(P.ByteLevel.alphabet())
byte = trained(models.BPE(), trainers.BpeTrainer(vocab_size=420, initial_alphabet=alphabet, show_progress=False), P.ByteLevel(add_prefix_space=False))
byte['decoder'] = {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True}
n = len(byte['model']['vocab'])
piece = trained(models.BPE(unk_token='<unk>', fuse_unk=True, byte_fallback=True),
                trainers.BpeTrainer(vocab_size=480, special_tokens=['<unk>', '<s>', '</s>'] + [f'<0x{b:02X}>' for b in range(256)], show_progress=False),
                normalizer=N.Sequence([N.Prepend('▁'), N.Replace(' ', '▁')]))
piece['added_tokens'] = piece['added_tokens'][:3]
piece['decoder'] = {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]}
word = trained(models.WordPiece(unk_token='[UNK]'), trainers.WordPieceTrainer(vocab_size=300, special_tokens=['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'], show_progress=False),
               P.BertPreTokenizer(), N.BertNormalizer(lowercase=True))
word['decoder'] = {"type": "WordPiece", "prefix": "##", "cleanup": True}
word['post_processor'] = {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}
clip = trained(models.BPE(unk_token='<|end|>', end_of_word_suffix='</w>'),
               trainers.BpeTrainer(vocab_size=700, special_tokens=['<|start|>', '<|end|>'], end_of_word_suffix='</w>', initial_alphabet=alphabet, show_progress=False), P.ByteLevel(add_prefix_space=False))
clip['normalizer'] = {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Replace", "pattern": {"Regex": "\\s+"}, "content": " "}, {"type": "Lowercase"}]}
clip['pre_tokenizer'] = {"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+"}, "behavior": "Removed", "invert": True}, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}]}
clip['post_processor'] = {"type": "RobertaProcessing", "sep": ["<|end|>", 1], "cls": ["<|start|>", 0], "trim_offsets": False, "add_prefix_space": False}
clip['decoder'] = {"type": "BPEDecoder", "suffix": "</w>"}
prefixed = trained(models.BPE(unk_token='[UNK]', continuing_subword_prefix='##'), trainers.BpeTrainer(vocab_size=260, special_tokens=['[UNK]'], continuing_subword_prefix='##', show_progress=False), P.Whitespace())
bases = dict(byte=byte, piece=piece, word=word, clip=clip, prefixed=prefixed)

LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
O200K = "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
bare = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
split = lambda pattern, behavior="Isolated", invert=False, kind="Regex": {"type": "Split", "pattern": {kind: pattern}, "behavior": behavior, "invert": invert}
chain = lambda *steps: {"type": "Sequence", "pretokenizers": [*steps]}
template = lambda token, i: {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": token, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"SpecialToken": {"id": token, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": token, "type_id": 1}}, {"Sequence": {"id": "B", "type_id": 1}}], "special_tokens": {token: {"id": token, "ids": [i], "tokens": [token]}}}
specials = [added(n, "<s>", special=True), added(n + 1, "</s>", special=True), added(n + 2, "<mask>", special=True, lstrip=True)]
switches = lambda k: [added(k, "[LS]", lstrip=True), added(k + 1, "[RS]", rstrip=True), added(k + 2, "[BOTH]", lstrip=True, rstrip=True, special=True), added(k + 3, "single", single_word=True), added(k + 4, "Été", normalized=True), added(k + 5, "Snгl", single_word=True, normalized=True, lstrip=True, rstrip=True), added(k + 6, "[LS][RS]"), added(k + 7, "  two", rstrip=True)]
model = lambda base, **changes: dict(base['model']) | changes
word_end = max(word['model']['vocab'].values()) + 1
forms = {
    'gpt2-hub': ('byte', dict(added_tokens=[added(n, "<|endoftext|>", special=True, normalized=True)], post_processor={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False})),
    'roberta-hub': ('byte', dict(added_tokens=specials, pre_tokenizer={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True}, post_processor={"type": "RobertaProcessing", "sep": ["</s>", n + 1], "cls": ["<s>", n], "trim_offsets": True, "add_prefix_space": True})),
    'llama3-hub': ('byte', dict(added_tokens=specials, pre_tokenizer=chain(split(LLAMA3), bare), post_processor={"type": "Sequence", "processors": [{"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": False, "use_regex": True}, template("<s>", n)]})),
    'o200k': ('byte', dict(pre_tokenizer=chain(split(O200K), bare))),
    'deepseek': ('byte', dict(pre_tokenizer=chain(split("[\r\n]"), split("\\s?[A-Za-zµÀ-ÖØ-öø-ƺ]+"), split("\\s?[!-/:-~！-／：-～‘-‟　-。]+"), split("\\s+$"), split("[一-龥ࠀ-一가-퟿]+"), {"type": "Digits", "individual_digits": True}, bare))),
    'no-regex-digits': ('byte', dict(pre_tokenizer=chain({"type": "Digits", "individual_digits": False}, {"type": "Punctuation", "behavior": "MergedWithPrevious"}, bare))),
    'compatibility': ('byte', dict(normalizer={"type": "Sequence", "normalizers": [{"type": "NFKD"}, {"type": "StripAccents"}, {"type": "Lowercase"}, {"type": "Strip", "strip_left": True, "strip_right": True}, {"type": "NFKC"}]}, added_tokens=switches(n))),
    'added-raw': ('byte', dict(normalizer={"type": "NFC"}, added_tokens=switches(n), pre_tokenizer=chain({"type": "WhitespaceSplit"}, bare))),
    'llama2-hub': ('piece', dict(post_processor=template("<s>", 1))),
    'llama2-normalized': ('piece', dict(added_tokens=[a | dict(normalized=True) for a in piece['added_tokens']], post_processor=template("<s>", 1))),
    'no-fallback': ('piece', dict(fuse=dict(byte_fallback=False, fuse_unk=False))),
    'no-unknown': ('piece', dict(fuse=dict(byte_fallback=False, unk_token=None))),
    'bert-hub': ('word', {}),
    'bert-accents': ('word', dict(normalizer={"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": False, "strip_accents": False, "lowercase": True}, added_tokens=word['added_tokens'] + switches(word_end))),
    'wordpiece-whitespace': ('word', dict(normalizer=None, pre_tokenizer={"type": "Whitespace"}, decoder=None)),
    'clip-hub': ('clip', {}),
    'prefixed': ('prefixed', {}),
}
for scheme in ('first', 'always', 'never'):
    meta = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": scheme != 'never'}
    forms[f'metaspace-{scheme}'] = ('piece', dict(normalizer=None, pre_tokenizer=meta, decoder={"type": "Sequence", "decoders": [{"type": "ByteFallback"}, meta]}))
for behavior in ('Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'):
    forms[f'split-{behavior}'] = ('byte', dict(pre_tokenizer=chain(split("\\p{L}+|\\w|-", behavior, behavior < 'L'), split("o", behavior, kind="String"), bare)))
forms['ignore-merges'] = ('byte', dict(extra={"Ġharbours": n, "Q": None, "Ġzz": n + 1}, fuse=dict(ignore_merges=True)))

words = PROSE.split()
bits = ["'s", "'S", "'ſ", "'ll", "n't", " ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\u00a0", "\u3000", "\u200b", "\u200d", "e\u0301", "\u1e9b\u0323", "İ", "ß", "ẞ", "ſ", "ﬁ", "ǅ", "日本", "漢字", "한국", "हिन्दी", "ไทย", "مرحبا", "😀", "👩‍👩‍👧", "🇩🇪", "𝔘𝔫", "𠀀", "𪜁", "𞤀", "𐐀", "𑄶", "🄰", "Ⓐ", "②", "²", "½", "Ⅷ", "٣", "१२", "12", "123456", "3.14", "...", "!?", "—", "“", "…", "$", "^", "~", "|", "_", "#", "\x00", "\x01", "\x7f", "\u0085", "\ue000", "\ufffd", "\ufffe", "\u2028", "Å", "Å", "㍿", "o", "oo", "x" * 101, "Ġ", "CamelCase", "harbours", " harbours", "zz", " zz", "▁"]
names = ["<s>", "</s>", "<mask>", " <mask>", "<unk>", "<|endoftext|>", "[CLS]", "[MASK]", "[LS]", " [LS] ", "[RS]", " [RS]  ", "[BOTH]", " [BOTH] ", "single", "singles", "Été", "été", "ete", "Snгl", "snгl", " snгl ", "[LS][RS]", "  two ", "<|start|>", "<0x41>", "##e", "</w>"]


def text(r):
    out = []
    for _ in range(r.randrange(1, 12)):
        q = r.random()
        out.append(r.choice(words) if q < .3 else r.choice(bits) if q < .7 else r.choice(names) if q < .93 else chr(r.choice([r.randrange(0xD800), r.randrange(0xE000, 0x20000)])))
        if r.random() < .4: out.append(' ')
    return ''.join(out)


result = dict(tokenizers=tokenizers.__version__, bases=bases, forms={})
for name, (base, changes) in forms.items():
    full = dict(bases[base]) | {k: v for k, v in changes.items() if k not in ('fuse', 'extra')}
    if 'extra' in changes or 'fuse' in changes:
        changes = {k: v for k, v in changes.items() if k not in ('fuse', 'extra')} | dict(model_changes=changes.get('fuse', {}), vocabulary={k: v for k, v in changes.get('extra', {}).items() if v is not None})
        full['model'] = model(full, **changes['model_changes'])
        full['model']['vocab'] = dict(full['model']['vocab']) | changes['vocabulary']
    t = Tokenizer.from_str(json.dumps(full))
    r, cases = random.Random(name), []
    for i in range(16):
        a, b, m = text(r), text(r) if i % 2 else None, r.randrange(5, 30)
        t.no_truncation()
        e, plain = t.encode(a, b), t.encode(a, b, add_special_tokens=False)
        t.enable_truncation(m)
        cut = t.encode(a, b)
        cases.append(dict(a=a, b=b, ids=e.ids, type_ids=e.type_ids, no_special=plain.ids, max=m, cut=cut.ids, cut_type_ids=cut.type_ids, decoded=t.decode(e.ids, skip_special_tokens=False)))
    result['forms'][name] = dict(base=base, changes=changes, cases=cases)
json.dump(result, sys.stdout, ensure_ascii=True, separators=(',', ':'))
