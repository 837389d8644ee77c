"""Reports in the form that `ffsplit report` reads, for the scripts of this folder."""
import datetime
import json
import os
import platform
import subprocess


def machine(threads):
    named = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {"processor": named, "cores": os.cpu_count(), "threads": threads, "system": f"{platform.system()} {platform.release()}"}


def version(ffsplit):
    return subprocess.run([ffsplit, "--version"], capture_output=True, text=True, check=True).stdout.strip().split("+")[0]


def write(out, started, *, experiment, model, task, title, command, threads, tool_version, paragraph, findings, tables, measurements,
          seeds=(0,), notices=()):
    """Writes a report; tables are (title, columns, rows), findings (claim, holds, evidence), measurements (name, values)."""
    report = {
        "version": 1, "experiment": experiment, "model": model, "task": task, "title": title, "command": command,
        "date": started.strftime("%Y-%m-%d"), "machine": machine(threads), "tool_version": tool_version, "seeds": list(seeds),
        "seconds": (datetime.datetime.now() - started).total_seconds(), "paragraph": paragraph,
        "findings": [dict(zip(("claim", "holds", "evidence"), f)) for f in findings],
        "tables": [dict(zip(("title", "columns", "rows"), t)) for t in tables], "charts": [],
        "measurements": [{"name": name, "seed": seeds[0] if len(seeds) == 1 else None, "values": values} for name, values in measurements],
        "notices": list(notices),
    }
    with open(out, "w", encoding="utf-8") as file:
        file.write(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
