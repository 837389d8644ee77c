"""decoder.py TOKENIZER: a random LLaMA of OPT-125m's size with a fixed seed, as a folder of transformers' and as decoder-f32.gguf.

GGUF is written here: header, metadata, tensor directory, data, each as github.com/ggml-org/ggml/blob/master/docs/gguf.md describes it.
"""
import os
import shutil
import struct
import sys

import numpy
import torch
import transformers

torch.manual_seed(0)
config = transformers.LlamaConfig(vocab_size=32000, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, num_key_value_heads=12,
                                  intermediate_size=2048, max_position_embeddings=1024, tie_word_embeddings=True, rms_norm_eps=1e-5,
                                  bos_token_id=1, eos_token_id=2)
model = transformers.LlamaForCausalLM(config).eval()
model.save_pretrained("decoder")
for name in ("tokenizer.json", "tokenizer_config.json"):
    shutil.copy(os.path.join(sys.argv[1], name), os.path.join("decoder", name))

text = lambda value: struct.pack("<Q", len(value.encode())) + value.encode()
integer = lambda value: struct.pack("<II", 4, value)
number = lambda value: struct.pack("<If", 6, value)
string = lambda value: struct.pack("<I", 8) + text(value)
array = lambda kind, values, pack: struct.pack("<IIQ", 9, kind, len(values)) + b"".join(map(pack, values))
# Byte tokens and made-up words: nothing is ever tokenised with it, but llama.cpp wants a vocabulary.
tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)]
tokens += [f"\u2581w{i}" for i in range(config.vocab_size - len(tokens))]
kinds = [2, 3, 3] + [6] * 256 + [1] * (config.vocab_size - 259)
metadata = {
    "general.architecture": string("llama"), "general.name": string("random"), "general.file_type": integer(0),
    "llama.block_count": integer(config.num_hidden_layers), "llama.context_length": integer(config.max_position_embeddings),
    "llama.embedding_length": integer(config.hidden_size), "llama.feed_forward_length": integer(config.intermediate_size),
    "llama.attention.head_count": integer(config.num_attention_heads), "llama.attention.head_count_kv": integer(config.num_key_value_heads),
    "llama.attention.layer_norm_rms_epsilon": number(config.rms_norm_eps), "llama.rope.dimension_count": integer(64),
    "llama.vocab_size": integer(config.vocab_size), "tokenizer.ggml.model": string("llama"),
    "tokenizer.ggml.tokens": array(8, tokens, text), "tokenizer.ggml.scores": array(6, [0.0] * len(tokens), lambda v: struct.pack("<f", v)),
    "tokenizer.ggml.token_type": array(5, kinds, lambda v: struct.pack("<i", v)),
    "tokenizer.ggml.bos_token_id": integer(1), "tokenizer.ggml.eos_token_id": integer(2),
}


def interleaved(weight):
    """Rotary pairs side by side, as GGUF's llama has them; transformers keeps the halves of a head apart."""
    heads = config.num_attention_heads
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


weights = {k: v.numpy() for k, v in model.state_dict().items()}
tensors = {"token_embd.weight": weights["model.embed_tokens.weight"], "output_norm.weight": weights["model.norm.weight"]}
parts = {"attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj", "attn_v": "self_attn.v_proj",
         "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm", "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj",
         "ffn_down": "mlp.down_proj"}
for layer in range(config.num_hidden_layers):
    for theirs, ours in parts.items():
        weight = weights[f"model.layers.{layer}.{ours}.weight"]
        tensors[f"blk.{layer}.{theirs}.weight"] = interleaved(weight) if theirs in ("attn_q", "attn_k") else weight

with open("decoder-f32.gguf", "wb") as file:
    file.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
    for key, value in metadata.items():
        file.write(text(key) + value)
    offset = 0
    for name, value in tensors.items():
        file.write(text(name) + struct.pack(f"<I{value.ndim}QIQ", value.ndim, *reversed(value.shape), 0, offset))
        offset += -(-value.nbytes // 32) * 32
    file.write(b"\0" * (-file.tell() % 32))
    for value in tensors.values():
        file.write(numpy.ascontiguousarray(value, "<f4").tobytes())
        file.write(b"\0" * (-file.tell() % 32))
