"""Further golden folders, smaller ones, for switches that generate.py leaves at their defaults: windows, rotary scalings, norms without affine part, heads.
usage: more.py   (in the reference environment, beside generate.py; writes the folders more-* beside itself)"""
import torch
from generate import *
S = dict(vocab_size=31, hidden_size=16, num_hidden_layers=2, num_attention_heads=4)
L = dict(**S, num_key_value_heads=2, intermediate_size=40, max_position_embeddings=64, bos_token_id=1, eos_token_id=2)
M = {}
M['more-llama-llama3'] = (LlamaForCausalLM, LlamaConfig(**L, head_dim=8, rope_parameters=dict(rope_type='llama3', rope_theta=500.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=32)), 33)
M['more-qwen2-yarn-window'] = (Qwen2ForCausalLM, Qwen2Config(**L, use_sliding_window=True, sliding_window=7, max_window_layers=1, rope_parameters=dict(rope_type='yarn', rope_theta=1000.0, factor=4.0, original_max_position_embeddings=16)), 40)
M['more-mistral-classifier'] = (MistralForSequenceClassification, MistralConfig(**L, sliding_window=6, pad_token_id=0, num_labels=3), 17)
M['more-mpnet-classifier'] = (MPNetForSequenceClassification, MPNetConfig(**S | dict(num_hidden_layers=1), intermediate_size=48, max_position_embeddings=140, num_labels=3), 136)
M['more-opt-plain-norms'] = (OPTForCausalLM, OPTConfig(**S, ffn_dim=64, max_position_embeddings=32, word_embed_proj_dim=8, enable_bias=False, layer_norm_elementwise_affine=False, tie_word_embeddings=False, activation_function='gelu'), 17)
M['more-bert-mlm-untied'] = (BertForMaskedLM, BertConfig(**S, intermediate_size=64, max_position_embeddings=32, hidden_act='quick_gelu', tie_word_embeddings=False), 17)
def write_small(name, cls, cfg, length, g):
    d = f'{out}/{name}'; cfg._attn_implementation = 'eager'; m = cls(cfg); spread(m); m.save_pretrained(d); m = cls.from_pretrained(d, attn_implementation='eager').eval()
    ids = torch.randint(5, 31, (3, length), generator=g); mask = torch.ones_like(ids); mask[1, length * 2 // 3:] = 0; mask[2, 5:] = 0
    t = {'input_ids': torch.where(mask.bool(), ids, torch.tensor(cfg.pad_token_id or 0)), 'attention_mask': mask}; acts = {}
    for n, mod in m.named_modules():
        if n.endswith(down[cfg.model_type]) and 'attention' not in n: mod.register_forward_pre_hook(lambda mod, a, n=n: acts.__setitem__(n, a[0]))
    o = m(**t, output_hidden_states=True); t |= {'last_hidden_state': o.hidden_states[-1], 'logits': o.logits}
    for i, a in enumerate(acts.values()): t[f'ffn.{i}.sum_of_squares'] = (a.reshape(3, length, -1)[mask.bool()].double() ** 2).sum(0)
    save_file({k: v.contiguous() for k, v in t.items()}, f'{d}/reference.safetensors'); print(name, {k: tuple(v.shape) for k, v in t.items()})
g = torch.Generator().manual_seed(11)
for name, (cls, cfg, length) in M.items(): write_small(name, cls, cfg, length, g)
