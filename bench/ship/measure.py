"""What it takes to ship and start an application on FFSplit.Runtime, as JSON.

measure.py EXPORT TEXTS OUT.json [--rid linux-x64] [--threads 2] [--rounds 3] [--starts 7] [--texts 1000]
  EXPORT  a sentence encoder that ffsplit export wrote
  TEXTS   a text file; its sentences are embedded
Exits with 1 where libtorch is among the packages. Needs the .NET SDK, for NativeAOT also a C compiler; a quiet machine for the times.
"""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

parser = argparse.ArgumentParser()
for name in ("export", "texts_file", "out"):
    parser.add_argument(name)
parser.add_argument("--rid", default="linux-x64")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--starts", type=int, default=7)
parser.add_argument("--texts", type=int, default=1000)
options = parser.parse_args()
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


def processor():
    return next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "")


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


report = {"command": "bench/ship/measure.py", "date": time.strftime("%Y-%m-%d"), "rid": options.rid,
          "model": os.path.basename(os.path.normpath(options.export)),
          "machine": {"processor": processor(),
                      "cores": os.cpu_count()}, "load_before": os.getloadavg()[0]}
report["packages"] = closure(os.path.join(root, "samples", "Classify", "Classify.csproj"))
report["libtorch_among_packages"] = any("torch" in name.lower() for name in report["packages"])

forms = {
    "framework-dependent": ["-p:PublishAot=false", "-p:SelfContained=false"],
    "self-contained": ["-p:PublishAot=false", "-p:SelfContained=true"],
    "trimmed": ["-p:PublishAot=false", "-p:SelfContained=true", "-p:PublishTrimmed=true"],
    "trimmed-ready-to-run": ["-p:PublishAot=false", "-p:SelfContained=true", "-p:PublishTrimmed=true", "-p:PublishReadyToRun=true"],
    "native-aot": ["-p:PublishAot=true"],
}
report["forms"] = {}
for form, properties in forms.items():
    folder, remarks = published("embed_once", form, *properties)
    row = report["forms"][form] = {"remarks": remarks[:20], "remark_count": len(remarks)}
    if folder is None:
        row["failed"] = "publish"
        continue
    files = megabytes(folder)
    row |= {"mb": sum(files.values()), "largest": dict(sorted(files.items(), key=lambda f: -f[1])[:4]),
            **cold([os.path.join(folder, "embed_once")])}

sentences = [s.strip() for s in re.split(r"(?<=[.!?]) |\n", open(options.texts_file, encoding="utf-8").read()) if len(s.split()) >= 3]
step = max(1, len(sentences) // options.texts)
texts = os.path.join(work, "texts.txt")
with open(texts, "w", encoding="utf-8") as file:
    file.write("\n".join(sentences[::step][:options.texts]) + "\n")
folder, remarks = published("batches_and_loop", "framework-dependent", "-p:SelfContained=false")
if folder is None:
    sys.exit("\n".join(remarks))
answer = json.loads(subprocess.run([os.path.join(folder, "batches_and_loop"), options.export, texts, str(options.threads),
                                    str(options.rounds)], capture_output=True, text=True, check=True).stdout)
ratios = [a / b for a, b in zip(answer["batches_per_second"], answer["loop_per_second"])]
report["throughput"] = {**answer, "threads": options.threads, "ratio": statistics.median(ratios), "ratio_least": min(ratios),
                        "ratio_most": max(ratios)}
with open(options.out, "w", encoding="utf-8") as file:
    file.write(json.dumps(report, indent=2) + "\n")
print(json.dumps(report, indent=2))
shutil.rmtree(work)
sys.exit(1 if report["libtorch_among_packages"] else 0)
