"""Training throughput of `ffsplit finetune` beside a plain PyTorch loop, in alternating runs.

measure.py FFSPLIT REFERENCE MODEL OUT.json
  FFSPLIT    the built tool
  REFERENCE  a command that runs Python with PyTorch and transformers, such as "tools/reference-env DIR python3"; it must see the
             working folder, this script's folder and MODEL below it, as its own working folder
  OUT.json   the report, in the form that `ffsplit report` reads
Run it in a folder that holds MODEL (a copy: the reference sees nothing else). Needs a quiet machine.
"""
import datetime
import json
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import report  # noqa: E402

ffsplit, reference, model, out = sys.argv[1:5]
rows, length, steps, threads, rounds = 32, 64, 25, 1, 3
here = os.path.dirname(os.path.abspath(__file__))
shutil.copy(os.path.join(here, "torch_loop.py"), "torch_loop.py")

# Words that are one token each in the model's vocabulary, so that a row has exactly so many tokens.
words = [w for w in open(os.path.join(model, "vocab.txt"), encoding="utf-8").read().split("\n") if w.isascii() and w.isalpha() and len(w) > 3]
draw = random.Random(0)
with open("rows.tsv", "w", encoding="utf-8") as file:
    file.write("sentence\tlabel\n")
    for i in range(rows * steps):
        file.write(" ".join(draw.choice(words) for _ in range(length - 2)) + f"\t{i % 2}\n")


def own(dtype, dropout):
    run = subprocess.run([ffsplit, "finetune", model, "--task", "classification", "--data", "rows.tsv", "--batch-size", str(rows), "--epochs",
                          "1", "--validation-share", "0", "--compute", dtype, "--dropout", str(dropout), "--threads", str(threads),
                          "--save-every", "1000", "-o", "trained", "--force", "--restart", "--json"], capture_output=True, text=True, check=True)
    training = json.loads(run.stdout)["training"]
    assert training["steps"] == steps and training["tokens"] == rows * length * steps, (training["steps"], training["tokens"])
    return training["tokens_per_second"]


def theirs(dtype, dropout):
    # PyTorch's own setting does not reach an OpenBLAS with threads of its own, which would take every core.
    run = subprocess.run([*shlex.split(reference), "torch_loop.py", model, str(rows), str(length), str(steps), str(threads), dtype, str(dropout)],
                         capture_output=True, text=True, check=True, env={**os.environ, "OPENBLAS_NUM_THREADS": str(threads)})
    return json.loads(run.stdout.strip().splitlines()[-1])


cells, table, build = [], [], None
load = os.getloadavg()[0]
started = datetime.datetime.now()
for dtype in ("float32", "bfloat16"):
    for dropout in (0.1, 0.0):
        ours, peers = [], []
        for _ in range(rounds):
            ours.append(own(dtype, dropout))
            answer = theirs(dtype, dropout)
            build = f"PyTorch {answer['torch']}, " + ", ".join(f"{k} {v}" for k, v in answer["build"].items())
            peers.append(answer["tokens_per_second"])
        ratios = [a / b for a, b in zip(ours, peers)]
        cells.append((f"{dtype} dropout {dropout}", {
            "ffsplit_tokens_per_second": statistics.median(ours), "pytorch_tokens_per_second": statistics.median(peers),
            "ratio": statistics.median(ratios), "ratio_least": min(ratios), "ratio_most": max(ratios)}))
        table.append([dtype, str(dropout), f"{statistics.median(ours):.0f}", f"{statistics.median(peers):.0f}",
                      f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"])
        print(table[-1], flush=True)

least = min(values["ratio"] for _, values in cells)
name = os.path.basename(os.path.normpath(model))
report.write(
    out, started, experiment="throughput", model=name, task="classification", title=f"Training throughput: {name}",
    command="python3 bench/training-throughput/measure.py FFSPLIT REFERENCE MODEL OUT.json", threads=threads, tool_version=report.version(ffsplit),
    paragraph=f"Real tokens a second in training, batches of {rows} × {length} tokens, {threads} thread, {rounds} alternating runs of {steps} "
              f"steps each, everything from the first step on. The other side is a plain loop in {build} with Hugging Face's model, AdamW, "
              "clipping and a linear schedule; bfloat16 is its autocast. Nothing is claimed of other builds of PyTorch.",
    findings=[("Training is at least as fast as a plain PyTorch loop", least >= 1.0, f"{name}, {build}: "
               + ", ".join(f"{t[0]} dropout {t[1]} {values['ratio']:.2f} times" for t, (_, values) in zip(table, cells)))],
    tables=[("Tokens a second", ["compute", "dropout", "ffsplit", "PyTorch loop", "ratio"], table)], measurements=cells,
    notices=[f"The machine was not quiet: load {load:.1f} before, of {os.cpu_count()} processors."] if load > 0.5 else [])
