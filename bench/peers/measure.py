"""Our exports beside what a user would pick instead: the same machine, the same inputs, in alternating runs.

measure.py FFSPLIT EMBEDDERS LLAMADECODER REFERENCE DENSE LINEAR LOWRANK TEXTS LLAMA OUT
  FFSPLIT    the built tool; EMBEDDERS, LLAMADECODER the built projects of this folder
  REFERENCE  a command that runs programs of an environment with PyTorch, transformers, onnxruntime and llama.cpp, and sees the working folder
             as its own working folder
  DENSE      all-MiniLM-L6-v2; LINEAR, LOWRANK its repaired splits; TEXTS a text a line
  LLAMA      a decoder that random_llama.py made, with any tokenizer beside it
  OUT        the folder for the results
Run it in a folder that holds copies of DENSE, TEXTS and LLAMA (named relative to it). Needs a quiet machine; about ten minutes.
"""
import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys

ffsplit, embedders, llamasharp, reference, dense, linear, lowrank, texts, llama, out = sys.argv[1:11]
here = os.path.dirname(os.path.abspath(__file__))
rounds, shapes = 3, [(8, 128), (1, 128), (1, 16)]
for script in ("quantise.py", "torch_embed.py", "gguf.py"):
    shutil.copy(os.path.join(here, script), script)


def run(command, threads=None):
    # PyTorch's own setting does not reach an OpenBLAS with threads of its own.
    own = {"OPENBLAS_NUM_THREADS": str(threads)} if threads else {}
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **own})
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def python(*arguments, threads=None):
    return run([*shlex.split(reference), "python3", *arguments], threads)


def export(model, name, *options):
    if not os.path.exists(name):
        run([ffsplit, "export", model, "-o", name, *options])
    return name


def write(name, rows, **more):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, name + ".json"), "w", encoding="utf-8") as file:
        file.write(json.dumps({**more, "rows": rows}, indent=2, ensure_ascii=False) + "\n")


# Encoders: ONNX models in turn in one process, PyTorch in turn with that process.
portable = export(dense, "peer-portable", "--target", "portable")
if not os.path.exists("peer-static"):
    python("quantise.py", portable, texts, "peer-dynamic", "peer-static")
models = [export(dense, "dense-fp32"), "peer-dynamic", "peer-static", export(dense, "dense-int8", "--precision", "int8", "--table", "int8"),
          export(lowrank, "low-rank-fp32"), export(linear, "linear-fp32"),
          export(lowrank, "low-rank-int8", "--precision", "int8", "--table", "int8"),
          export(linear, "linear-int8", "--precision", "int8", "--table", "int8")]
for threads in (1, 2):
    for rows, length in shapes:
        ratios, ms, build = {}, {}, None
        for _ in range(rounds):
            answer = json.loads(run([ffsplit, "bench", *models, "--batch", str(rows), "--length", str(length), "--threads", str(threads), "--rounds",
                                     "5" if rows > 1 else "20", "--json"]))
            cells = {r["name"]: r["milliseconds"] for r in answer["rows"]}
            peers = json.loads(python("torch_embed.py", dense, str(rows), str(length), str(threads), "5" if rows > 1 else "20",
                                      threads=threads).strip().splitlines()[-1])
            build = f"PyTorch {peers['torch']}, BLAS_INFO {peers['blas']}"
            cells |= {f"PyTorch {k}": v for k, v in peers["ms"].items()}
            for name, value in cells.items():
                ms.setdefault(name, []).append(value)
                ratios.setdefault(name, []).append(cells[models[0]] / value)
        write(f"encoders-{rows}x{length}-{threads}",
              [{"name": n, "milliseconds": statistics.median(ms[n]), "times_as_fast_as_dense_fp32": statistics.median(r)} for n, r in ratios.items()],
              build=build, threads=threads, batch=rows, length=length, rounds=rounds)
        print(rows, length, threads, {n: round(statistics.median(r), 2) for n, r in ratios.items()}, flush=True)

# Libraries for .NET, with their defaults for threads.
answer = json.loads(run([embedders, texts, os.path.join(dense, "vocab.txt"), "dense-fp32", str(os.cpu_count()), "3", "low-rank-int8", "linear-int8"]))
write("dotnet-embedders", answer, threads=os.cpu_count(), texts=sum(1 for _ in open(texts, encoding="utf-8")))
print(answer, flush=True)

# Decoders.
if not os.path.exists("llama-f32.gguf"):
    python("gguf.py", llama, "llama-f32.gguf")
    for kind in ("q8_0", "q4_0"):
        run([*shlex.split(reference), "llama-quantize", "llama-f32.gguf", f"llama-{kind}.gguf", kind])
exports = [export(llama, "llama-fp32"), export(llama, "llama-int8", "--precision", "int8", "--table", "int8"),
           export(llama, "llama-int4", "--precision", "int4", "--table", "int8")]
files = [f"llama-{k}.gguf" for k in ("f32", "q8_0", "q4_0")]
for threads in (1, 2):
    speeds = {}
    for _ in range(rounds):
        own = json.loads(run([ffsplit, "bench", "--decode", *exports, "--length", "128", "--threads", str(threads), "--rounds", "24", "--json"]))
        for row in own["rows"]:
            speeds.setdefault(row["name"], []).append(row["tokens_per_second"])
        theirs = run([*shlex.split(reference), "llama-bench", *(part for f in files for part in ("-m", f)), "-p", "0", "-n", "24", "-d", "128",
                      "-t", str(threads), "-r", "1", "-o", "json"])
        for row in json.loads(run([llamasharp, str(threads), "128", "24", *files])):
            speeds.setdefault(row["name"], []).append(row["tokens_per_second"])
        for row in json.loads(theirs[theirs.index("["):]):
            speeds.setdefault("llama.cpp " + os.path.basename(row["model_filename"]), []).append(row["avg_ts"])
    write(f"decoders-{threads}", [{"name": n, "tokens_per_second": statistics.median(s)} for n, s in speeds.items()], threads=threads, prompt=128,
          rounds=rounds)
    print(threads, {n: round(statistics.median(s), 1) for n, s in speeds.items()}, flush=True)
