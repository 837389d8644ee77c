"""A Hugging Face LLaMA folder without a tokenizer as GGUF, for timing: gguf.py MODEL OUT.gguf (float32)."""
import json
import os
import struct
import sys

import numpy as np
from safetensors.numpy import load_file

model, out = sys.argv[1:3]
config = json.load(open(os.path.join(model, "config.json"), encoding="utf-8"))
weights = load_file(os.path.join(model, "model.safetensors"))
heads = config["num_attention_heads"]
U32, F32, TEXT = 4, 6, 8


def text(value):
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def entry(name, kind, value):
    return text(name) + struct.pack("<I", kind) + (text(value) if kind == TEXT else struct.pack("<I" if kind == U32 else "<f", value))


entries = [
    entry("general.architecture", TEXT, "llama"), entry("llama.block_count", U32, config["num_hidden_layers"]),
    entry("llama.context_length", U32, config["max_position_embeddings"]), entry("llama.embedding_length", U32, config["hidden_size"]),
    entry("llama.feed_forward_length", U32, config["intermediate_size"]), entry("llama.attention.head_count", U32, heads),
    entry("llama.attention.head_count_kv", U32, config["num_key_value_heads"]), entry("llama.attention.layer_norm_rms_epsilon", F32, config["rms_norm_eps"]),
    entry("llama.rope.dimension_count", U32, config["hidden_size"] // heads), entry("llama.vocab_size", U32, config["vocab_size"]),
    entry("tokenizer.ggml.model", TEXT, "no_vocab"),
]
parts = {"input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v",
         "self_attn.o_proj": "attn_output", "post_attention_layernorm": "ffn_norm", "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up",
         "mlp.down_proj": "ffn_down"}
names = {"model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "lm_head.weight": "output.weight"}
names |= {f"model.layers.{i}.{theirs}.weight": f"blk.{i}.{ours}.weight" for i in range(config["num_hidden_layers"]) for theirs, ours in parts.items()}
tensors = [(names[name], np.ascontiguousarray(value, dtype=np.float32)) for name, value in weights.items()]

head, offset = b"", 0
for name, value in tensors:
    head += text(name) + struct.pack("<I", value.ndim) + b"".join(struct.pack("<Q", n) for n in reversed(value.shape)) + struct.pack("<IQ", 0, offset)
    offset += -(-value.nbytes // 32) * 32
with open(out, "wb") as file:
    file.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(entries)) + b"".join(entries) + head)
    file.write(b"\0" * (-file.tell() % 32))
    for _, value in tensors:
        file.write(value.tobytes() + b"\0" * (-value.nbytes % 32))
