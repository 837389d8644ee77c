"""torch_export.py MODEL: MiniLM as PyTorch exports it, torch-fp32.onnx."""
import sys

import torch
import transformers

folder = sys.argv[1]
names = ["input_ids", "attention_mask", "token_type_ids"]
# Eager attention: the exporter stumbles over the other one's scale.
model = transformers.AutoModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
tokenizer = transformers.AutoTokenizer.from_pretrained(folder)


class Hidden(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.model = model

    def forward(self, *inputs):
        return self.model(**dict(zip(names, inputs))).last_hidden_state


example = tuple(tokenizer(["a text", "and a longer one"], padding=True, return_tensors="pt", return_token_type_ids=True)[n] for n in names)
axes = {n: {0: "batch", 1: "length"} for n in [*names, "last_hidden_state"]}
torch.onnx.export(Hidden(), example, "torch-fp32.onnx", dynamo=False, opset_version=17, input_names=names,
                  output_names=["last_hidden_state"], dynamic_axes=axes)
