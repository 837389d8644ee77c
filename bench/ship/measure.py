"""What it takes to ship and start an application on FFSplit.Runtime: a report as `ffsplit report` reads it.

measure.py FFSPLIT EXPORT TEXTS OUT.json [--rid linux-x64] [--threads 1 2] [--rounds 3] [--starts 7] [--texts 1000]
  FFSPLIT  the built tool, for its version
  EXPORT   a sentence encoder that ffsplit export wrote
  TEXTS    a text file; its sentences are embedded
Exits with 1 where libtorch is among the packages. Needs the .NET SDK, for NativeAOT also a C compiler; a quiet machine for the times.
"""
import argparse
import datetime
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import report  # noqa: E402

parser = argparse.ArgumentParser()
for name in ("ffsplit", "export", "texts_file", "out"):
    parser.add_argument(name)
parser.add_argument("--rid", default="linux-x64")
parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--starts", type=int, default=7)
parser.add_argument("--texts", type=int, default=1000)
options = parser.parse_args()
started = datetime.datetime.now()
here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
work = tempfile.mkdtemp(prefix="ship-")
# Published from a copy without lock files: those of the repository are kept without a runtime identifier, and would be rewritten.
copy = os.path.join(work, "copy")
for folder in ("src", "bench/ship"):
    shutil.copytree(os.path.join(root, folder), os.path.join(copy, folder),
                    ignore=shutil.ignore_patterns("packages.lock.json", "bin", "obj"))
for name in os.listdir(root):
    if os.path.isfile(os.path.join(root, name)) and name != "FFSplit.slnx":
        shutil.copy(os.path.join(root, name), copy)


def closure(project):
    """Packages that a project brings along, with versions."""
    listed = subprocess.run(["dotnet", "list", project, "package", "--include-transitive", "--format", "json"],
                            capture_output=True, text=True, check=True)
    found = {}
    for part in json.loads(listed.stdout)["projects"]:
        for framework in part.get("frameworks", []):
            for package in framework.get("topLevelPackages", []) + framework.get("transitivePackages", []):
                found[package["id"]] = package["resolvedVersion"]
    return found


def published(program, form, *properties):
    """Publishes a program; its folder, or what went wrong, and the compiler's remarks about trimming."""
    folder = os.path.join(work, f"{program}-{form}")
    done = subprocess.run(["dotnet", "publish", os.path.join(copy, "bench", "ship", program + ".cs"), "-c", "Release",
                           "-r", options.rid, "-o", folder,
                           "-p:RestorePackagesWithLockFile=false", "-p:TreatWarningsAsErrors=false", "-p:DebugType=none", *properties],
                          capture_output=True, text=True)
    remarks = sorted(set(re.findall(r"(?:warning|error) [A-Z]+\d+: [^\[\n]*", done.stdout)))
    return folder if done.returncode == 0 else None, remarks


def megabytes(folder):
    return {name: os.path.getsize(os.path.join(folder, name)) / 1e6 for name in os.listdir(folder)
            if not name.endswith((".pdb", ".dbg", ".xml"))}


def cold(command):
    """Seconds from the process' start to the first vector, and what it printed."""
    times = []
    for _ in range(options.starts):
        started = time.perf_counter()
        process = subprocess.Popen([*command, options.export, "a text to begin with"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
        line = process.stdout.readline().strip()
        times.append(time.perf_counter() - started)
        errors = process.communicate()[1]
        if process.returncode != 0:
            return {"failed": errors.strip()[-600:]}
    # Files come from the page cache but for the first start.
    return {"first_start_ms": times[0] * 1000, "median_ms": statistics.median(times) * 1000, "least_ms": min(times) * 1000, "said": line,
            "resident_mb": int(line.split()[-1])}


load = os.getloadavg()[0]
packages = closure(os.path.join(root, "samples", "Classify", "Classify.csproj"))
torch = any("torch" in name.lower() for name in packages)

forms = {
    "framework-dependent": ["-p:PublishAot=false", "-p:SelfContained=false"],
    "self-contained": ["-p:PublishAot=false", "-p:SelfContained=true"],
    "trimmed": ["-p:PublishAot=false", "-p:SelfContained=true", "-p:PublishTrimmed=true"],
    "trimmed-ready-to-run": ["-p:PublishAot=false", "-p:SelfContained=true", "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true"],
    "native-aot": ["-p:PublishAot=true"],
}
shipped, measurements = [], []
for form, properties in forms.items():
    folder, remarks = published("embed_once", form, *properties)
    files = megabytes(folder) if folder else {}
    row = cold([os.path.join(folder, "embed_once")]) if folder else {"failed": "could not be published: " + "; ".join(remarks)}
    largest = ", ".join(f"{name} {size:.1f}" for name, size in sorted(files.items(), key=lambda f: -f[1])[:3])
    shipped.append([form, f"{sum(files.values()):.1f}", largest, *([f"{row['median_ms']:.0f}", str(row["resident_mb"])] if "failed" not in row
                                                                   else [row["failed"], ""]), str(len(remarks))])
    print(shipped[-1], flush=True)
    measurements.append((form, {"mb": sum(files.values()), "remarks": len(remarks),
                                **{k: v for k, v in row.items() if isinstance(v, (int, float))}}))

sentences = [s.strip() for s in re.split(r"(?<=[.!?]) |\n", open(options.texts_file, encoding="utf-8").read()) if len(s.split()) >= 3]
step = max(1, len(sentences) // options.texts)
texts = os.path.join(work, "texts.txt")
with open(texts, "w", encoding="utf-8") as file:
    file.write("\n".join(sentences[::step][:options.texts]) + "\n")
folder, remarks = published("batches_and_loop", "framework-dependent", "-p:SelfContained=false")
if folder is None:
    sys.exit("\n".join(remarks))
speeds = []
for threads in options.threads:
    pinned = ["taskset", "-c", ",".join(map(str, range(threads)))]
    answer = json.loads(subprocess.run([*pinned, os.path.join(folder, "batches_and_loop"), options.export, texts, str(threads),
                                        str(options.rounds)], capture_output=True, text=True, check=True).stdout)
    ratios = [a / b for a, b in zip(answer["batches_per_second"], answer["loop_per_second"])]
    batched, looped = (statistics.median(answer[k]) for k in ("batches_per_second", "loop_per_second"))
    speeds.append([str(threads), f"{batched:.1f}", f"{looped:.1f}", f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
                   f"{answer['least_cosine']:.4f}"])
    print(speeds[-1], flush=True)
    measurements.append((f"{threads} threads", {"batches_per_second": batched, "loop_per_second": looped,
                                                "ratio": statistics.median(ratios), "least_cosine": answer["least_cosine"]}))
model = os.path.basename(os.path.normpath(options.export))
native = [row for row in shipped if row[0] == "native-aot"][0]
report.write(
    options.out, started, experiment="ship", model=model, task="embed", title=f"Shipping and starting: {model}",
    command=f"python3 bench/ship/measure.py FFSPLIT EXPORT TEXTS OUT.json --threads {' '.join(map(str, options.threads))}",
    threads=max(options.threads), tool_version=report.version(options.ffsplit),
    paragraph=f"The least program that embeds a text, published in five forms for {options.rid}, ONNX Runtime's library included; milliseconds from the "
              f"start of the process to its first vector, median of {options.starts} starts with the files in the page cache. Then "
              f"{options.texts} sentences through TextEmbedder (batches bounded by tokens) and through a session that runs one text at a time, in "
              f"turn, {options.rounds} rounds. Packages that an application gets: "
              + ", ".join(f"{name} {number}" for name, number in sorted(packages.items())) + ".",
    findings=[("An application that runs an exported model ships without libtorch", not torch,
               f"{len(packages)} packages; {native[1]} MB with NativeAOT, {native[3]} ms to the first vector")],
    tables=[("Published", ["form", "MB", "largest files, MB", "first vector, ms", "memory, MB", "remarks of trimmer and compiler"], shipped),
            ("Sentences a second", ["threads", "batches", "one text a run", "ratio", "least cosine between them"], speeds)],
    measurements=measurements, notices=[f"The machine was not quiet before: load {load:.1f}."] if load > 0.5 else [])
shutil.rmtree(work)
sys.exit(1 if torch else 0)
