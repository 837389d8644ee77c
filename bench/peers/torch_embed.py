"""torch_embed.py MODEL DTYPE THREADS: Hugging Face's model with mean pooling, in batches of 32 texts of like lengths, as
sentence-transformers runs it.
"""
import json
import os
import sys
import time

import torch
import transformers

model_folder, dtype, threads = sys.argv[1:4]
torch.set_num_threads(int(threads))
tokenizer = transformers.AutoTokenizer.from_pretrained(model_folder)
# Said outright, for else the file decides.
model = transformers.AutoModel.from_pretrained(model_folder, dtype=getattr(torch, dtype)).eval()


def resident():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmRSS")).split()[1]) // 1024


def embed(texts):
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    vectors = torch.empty(len(texts), model.config.hidden_size)
    with torch.inference_mode():
        for at in range(0, len(order), 32):
            chunk = order[at:at + 32]
            batch = tokenizer([texts[i] for i in chunk], padding=True, truncation=True, max_length=256, return_tensors="pt")
            mask = batch["attention_mask"].unsqueeze(-1)
            hidden = model(**batch).last_hidden_state
            vectors[chunk] = torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=1).float()
    return vectors


wanted = ("BLAS_INFO=", "LAPACK_INFO=", "USE_MKLDNN=", "USE_OPENMP=")
settings = [part for part in torch.__config__.show().replace(",", " ").split() if part.startswith(wanted)]
onednn = next((line.strip(" -") for line in torch.__config__.show().splitlines() if "MKL-DNN" in line), "no oneDNN")
# A generic BLAS is whichever library the system puts in its place.
blas = sorted({os.path.basename(line.split()[-1]) for line in open("/proc/self/maps") if "/lib" in line and "blas" in line.split("/")[-1]
               and line.split("/")[-1].startswith("lib")})
print(json.dumps({"resident_mb": resident(), "build": f"PyTorch {torch.__version__}, {onednn}, "
                  f"{' '.join(settings)}, loaded {' '.join(blas)}, transformers {transformers.__version__}"}), flush=True)
for line in sys.stdin:
    command, file, *rest = line.rstrip("\n").split("\t")
    texts = open(file, encoding="utf-8").read().splitlines()
    started = time.perf_counter()
    if command == "single":
        for text in texts:
            embed([text])
    elif command == "many":
        embed(texts)
    else:
        embed(texts).numpy().astype("<f4").tofile(rest[0])
    print(json.dumps({"seconds": time.perf_counter() - started, "resident_mb": resident()}), flush=True)
