"""A plain PyTorch training loop on Hugging Face's model: what `ffsplit finetune` is measured beside.

torch_loop.py MODEL ROWS LENGTH STEPS THREADS DTYPE DROPOUT prints one JSON object. Every row has LENGTH real tokens, so that both sides do
the same arithmetic. DTYPE is float32, or bfloat16 for autocast with float32 weights.
"""
import json
import sys
import time

import torch
from transformers import AutoModelForSequenceClassification

model_path, rows, length, steps, threads, dtype, dropout = sys.argv[1:8]
rows, length, steps, threads, dropout = int(rows), int(length), int(steps), int(threads), float(dropout)
torch.set_num_threads(threads)
torch.manual_seed(0)
model = AutoModelForSequenceClassification.from_pretrained(
    model_path, num_labels=2, torch_dtype=torch.float32, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout)
model.train()
decayed = [p for n, p in model.named_parameters() if p.dim() > 1]
others = [p for n, p in model.named_parameters() if p.dim() <= 1]
optimizer = torch.optim.AdamW([{"params": decayed, "weight_decay": 0.01}, {"params": others, "weight_decay": 0.0}], lr=5e-5)
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 - step / steps)
ids = torch.randint(1000, 20000, (steps, rows, length))
labels = torch.randint(0, 2, (steps, rows))
mask = torch.ones(rows, length, dtype=torch.long)
start = time.perf_counter()
for step in range(steps):
    with torch.autocast("cpu", torch.bfloat16, enabled=dtype == "bfloat16"):
        loss = model(input_ids=ids[step], attention_mask=mask, labels=labels[step]).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    schedule.step()
    optimizer.zero_grad(set_to_none=True)
seconds = time.perf_counter() - start
build = {line.split("=")[0].split()[-1]: line.split("=")[1].split(",")[0].strip()
         for line in torch.__config__.show().replace(", ", "\n").splitlines() if "BLAS_INFO" in line or "USE_MKLDNN" in line}
print(json.dumps({"tokens_per_second": rows * length * steps / seconds, "torch": torch.__version__, "build": build}))
