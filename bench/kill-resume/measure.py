"""Kills `ffsplit finetune` with SIGKILL at random moments, lets it go on, and holds the weights against an undisturbed run's.

measure.py FFSPLIT MODEL TASK DATA OUT.json [KILLS [SEED]]
  FFSPLIT    the built tool
  TASK DATA  a task and its folder, such as mrpc path/to/MRPC
  OUT.json   the report, in the form that `ffsplit report` reads
Run it in an empty folder.
"""
import datetime
import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import report  # noqa: E402

ffsplit, model, task, data, out = sys.argv[1:6]
kills = int(sys.argv[6]) if len(sys.argv) > 6 else 10
seed = int(sys.argv[7]) if len(sys.argv) > 7 else 0
save_every = 5
draw = random.Random(seed)
started = datetime.datetime.now()


def command(name, *more):
    return [ffsplit, "finetune", model, "--task", task, "--data", data, "--epochs", "1", "--threads", "1", "--save-every", str(save_every),
            "-o", name, *more]


def changed(path):
    return os.stat(path).st_mtime_ns if os.path.exists(path) else 0


def weights():
    return {name: hashlib.sha256(open(os.path.join(name, "model.safetensors"), "rb").read()).hexdigest() for name in ("whole", "killed")}


whole = json.loads(subprocess.run(command("whole", "--json"), capture_output=True, text=True, check=True).stdout)["training"]
steps, pause = whole["steps"], whole["seconds"] / whole["steps"] * save_every
state, resumed, killed = "killed.training/state.safetensors", [], 0
while killed < kills:
    # As many checkpoints as the rest of the kills leave room for, then some part of the way to the next.
    saves = draw.randint(0, max(0, 2 * steps // save_every // (kills + 1) - 1))
    part = draw.random()
    process = subprocess.Popen(command("killed"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    last, seen = changed(state), 0
    while process.poll() is None and seen < saves:
        time.sleep(0.01)
        if changed(state) != last:
            last, seen = changed(state), seen + 1
    time.sleep(part * pause)
    if process.poll() is not None:
        break
    process.kill()
    killed += 1
    said = re.search(r"goes on after step (\d+)", process.stderr.read())
    resumed.append(int(said.group(1)) if said else 0)
    print(f"kill {killed}: that run had begun after step {resumed[-1]}", flush=True)
    process.wait()
if not os.path.exists("killed"):
    last = subprocess.run(command("killed"), capture_output=True, text=True, check=True)
    said = re.search(r"goes on after step (\d+)", last.stderr)
    resumed.append(int(said.group(1)) if said else 0)
hashes = weights()
same = hashes["whole"] == hashes["killed"]

name = os.path.basename(os.path.normpath(model))
report.write(
    out, started, experiment="kill-resume", model=name, task=task, title=f"Killed and resumed: {name}, {task}",
    command=f"python3 bench/kill-resume/measure.py FFSPLIT {name} {task} DATA OUT.json {kills} {seed}", threads=1,
    tool_version=report.version(ffsplit), seeds=[seed],
    paragraph=f"A training of {steps} steps, a checkpoint every {save_every}, was killed with SIGKILL {killed} times at random moments and begun "
              f"again with the same command; the runs went on after the steps {', '.join(map(str, resumed))}.",
    findings=[("A killed training ends with the same weights", same and killed == kills,
               f"{name}, {task}, {killed} kills, SHA-256 of the weights {hashes['whole'][:12]} undisturbed, {hashes['killed'][:12]} killed")],
    tables=[], measurements=[("kills", {"kills": killed, "steps": steps, "same": 1 if same else 0})])
print("the same weights" if same else "OTHER WEIGHTS", f"after {killed} kills")
sys.exit(0 if same and killed == kills else 1)
