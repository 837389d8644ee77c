"""A LLaMA-shaped decoder with random weights: random_llama.py OUT."""
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(0)
LlamaForCausalLM(LlamaConfig(vocab_size=32000, hidden_size=768, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=12,
                             num_key_value_heads=12, max_position_embeddings=2048, tie_word_embeddings=False)).save_pretrained(sys.argv[1])
