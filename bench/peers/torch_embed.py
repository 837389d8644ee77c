"""One PyTorch forward pass with mean pooling: torch_embed.py MODEL ROWS LENGTH THREADS RUNS; prints JSON, milliseconds by type."""
import json
import statistics
import sys
import time

import torch
from transformers import AutoModel

model, rows, length, threads, runs = sys.argv[1], *map(int, sys.argv[2:6])
torch.set_num_threads(threads)
config = torch.__config__.show()
answer = {"torch": torch.__version__, "blas": next(p.split("=")[1] for p in config.replace("\n", ",").split(",") if "BLAS_INFO" in p), "ms": {}}
ids = torch.randint(1000, 20000, (rows, length), generator=torch.Generator().manual_seed(0))
mask = torch.ones_like(ids)
with torch.inference_mode():
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        encoder = AutoModel.from_pretrained(model, dtype=dtype).eval()
        times = []
        for _ in range(runs + 2):
            start = time.perf_counter()
            encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float().mean(1)
            times.append(time.perf_counter() - start)
        answer["ms"][name] = statistics.median(times[2:]) * 1e3
print(json.dumps(answer))
