"""More clients than cores at samples/EmbeddingService for some minutes, then SIGTERM under full load.

load.py SERVICE MODEL TEXTS OUT.json [--minutes 10] [--clients 16] [--port 5190] [--texts-most 4]
  SERVICE  the built sample: artifacts/bin/EmbeddingService/release/EmbeddingService
  MODEL    a folder that ffsplit export wrote, of a sentence encoder
  TEXTS    a text file; each request takes 1 to --texts-most pieces of it, of 3 to 200 words
  OUT.json everything that is printed, and the samples behind it
Exits with 1 where an answer was an error, a vector changed, a request that the service took stayed unanswered, or memory grew.
"""
import argparse
import base64
import http.client
import json
import math
import os
import platform
import random
import re
import signal
import statistics
import struct
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("service")
parser.add_argument("model")
parser.add_argument("texts")
parser.add_argument("out")
parser.add_argument("--minutes", type=float, default=10)
parser.add_argument("--clients", type=int, default=16)
parser.add_argument("--port", type=int, default=5190)
parser.add_argument("--texts-most", type=int, default=4)
options = parser.parse_args()

words = open(options.texts, encoding="utf-8").read().split()
control = "A sentence whose vector has to stay what it was."
stopping = threading.Event()


class Client(threading.Thread):
    """Sends one request after another on one connection."""

    def __init__(self, number):
        super().__init__()
        self.draw = random.Random(number)
        self.times = []  # (end, seconds, texts)
        self.errors = []
        self.answered = self.refused = self.cut_off = 0
        self.first = None

    def request(self, connection):
        texts = [control] if self.answered % 50 == 0 else [self.piece() for _ in range(self.draw.randint(1, options.texts_most))]
        started = time.monotonic()
        connection.request("POST", "/v1/embeddings", json.dumps({"input": texts, "encoding_format": "base64"}),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        body = answer.read()
        ended = time.monotonic()
        self.answered += 1
        if answer.status != 200:
            self.errors.append(f"{answer.status} {body[:200]!r}")
            return
        self.times.append((ended, ended - started, len(texts)))
        vectors = [base64.b64decode(item["embedding"]) for item in json.loads(body)["data"]]
        if len(vectors) != len(texts):
            self.errors.append(f"{len(texts)} texts, {len(vectors)} vectors")
        if texts == [control]:
            vector = struct.unpack(f"<{len(vectors[0]) // 4}f", vectors[0])
            self.first = self.first or vector
            # Among texts of other lengths it is the same up to rounding; int8 activations share a scale within a batch.
            if sum(a * b for a, b in zip(self.first, vector)) < 0.999:
                self.errors.append("the control text got another vector")

    def piece(self):
        length = int(math.exp(self.draw.uniform(math.log(3), math.log(200))))
        at = self.draw.randrange(len(words) - length)
        return " ".join(words[at:at + length])

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=60)
        while True:
            try:
                self.request(connection)
            except ConnectionRefusedError:
                # Nobody listens: this request was never taken.
                self.refused += 1
                break
            except (http.client.HTTPException, OSError) as error:
                # While the service stops, whether it had taken this one is for its own count to say.
                if stopping.is_set():
                    self.cut_off += 1
                    break
                self.errors.append(repr(error))
                connection.close()
                time.sleep(0.1)
            if stopping.is_set() and not process_lives():
                break


def process_lives():
    return service.poll() is None


def resident():
    """Of the service, now and at most so far, in MB."""
    status = open(f"/proc/{service.pid}/status", encoding="ascii").read()
    return tuple(int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024 for name in ("VmRSS", "VmHWM"))


def threads():
    return int(re.search(r"Threads:\s+(\d+)", open(f"/proc/{service.pid}/status", encoding="ascii").read()).group(1))


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def window(first, last):
    """What was answered between two moments."""
    found = [t for c in clients for t in list(c.times) if first <= t[0] < last]
    seconds = [t[1] for t in found]
    return {"requests_per_second": len(found) / (last - first), "texts_per_second": sum(t[2] for t in found) / (last - first),
            "p50_ms": quantile(seconds, 0.5) * 1000, "p99_ms": quantile(seconds, 0.99) * 1000,
            "most_ms": max(seconds, default=float("nan")) * 1000}


def healthy():
    try:
        connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=10)
        started = time.monotonic()
        connection.request("GET", "/health")
        return (time.monotonic() - started) * 1000 if connection.getresponse().status == 200 else None
    except OSError:
        return None


log = open(options.out + ".log", "w+", encoding="utf-8")
service = subprocess.Popen([options.service, "--Model", options.model, "--urls", f"http://127.0.0.1:{options.port}"],
                           stdout=log, stderr=log, env={**os.environ, "Logging__LogLevel__Microsoft.AspNetCore": "Warning"})
clients, samples = [], []
try:
    while healthy() is None:
        if not process_lives():
            sys.exit(f"The service did not start; see {options.out}.log")
        time.sleep(0.1)
    idle, _ = resident()
    clients = [Client(n) for n in range(options.clients)]
    begun = time.monotonic()
    for client in clients:
        client.daemon = True
        client.start()
    print(f"{'s':>5} {'req/s':>7} {'texts/s':>8} {'p50 ms':>7} {'p99 ms':>7} {'MB':>6} {'peak':>6} threads health-ms errors")
    end = begun + options.minutes * 60
    at = begun
    while at < end - 1:
        following = min(at + 10, end)
        time.sleep(max(0, following - time.monotonic()))
        health_started = time.monotonic()
        if healthy() is None:
            clients[0].errors.append("/health did not answer")
        health = (time.monotonic() - health_started) * 1000
        now, peak = resident()
        sample = {"second": following - begun, **window(at, following), "resident_mb": now, "peak_mb": peak,
                  "threads": threads(),
                  "health_ms": health, "errors": sum(len(c.errors) for c in clients)}
        samples.append(sample)
        print(f"{sample['second']:5.0f} {sample['requests_per_second']:7.1f} {sample['texts_per_second']:8.1f} {sample['p50_ms']:7.1f} "
              f"{sample['p99_ms']:7.1f} {now:6.0f} {peak:6.0f} {sample['threads']:7d} {health:9.1f} {sample['errors']:6d}", flush=True)
        at = following

    stopping.set()
    signalled = time.monotonic()
    service.send_signal(signal.SIGTERM)
    code = service.wait(90)
    stop_seconds = time.monotonic() - signalled
    for client in clients:
        client.join(70)
finally:
    if process_lives():
        service.kill()

log.seek(0)
said = re.search(r"(\d+) embedding requests taken, (\d+) answered", log.read())
answered = sum(c.answered for c in clients)
taken = int(said.group(1)) if said else None
errors = [e for c in clients for e in c.errors]
minute = min(60, options.minutes * 60 / 2)
first, last = window(begun, begun + minute), window(end - minute, end)
memory = lambda lower, upper: statistics.mean(s["resident_mb"] for s in samples if lower <= s["second"] <= upper)
first["resident_mb"], last["resident_mb"] = memory(0, minute), memory(end - begun - minute, end - begun)
# The first half is warm-up: the allocators and the tiers of the compiler settle.
half = [s for s in samples if s["second"] >= options.minutes * 30]
growth = statistics.linear_regression([s["second"] / 60 for s in half], [s["resident_mb"] for s in half]).slope if len(half) > 2 else None
report = {
    "command": "bench/service-load/load.py", "date": time.strftime("%Y-%m-%d"), "model": os.path.basename(os.path.normpath(options.model)),
    "machine": {"processor": next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), ""),
                "cores": os.cpu_count(), "system": f"{platform.system()} {platform.release()}"},
    "minutes": options.minutes, "clients": options.clients, "texts_most": options.texts_most,
    "whole": window(begun, end), "first_minute": first, "last_minute": last, "idle_mb": idle, "peak_mb": samples[-1]["peak_mb"],
    "growth_mb_per_minute_second_half": growth, "answered": answered, "errors": errors[:20], "error_count": len(errors),
    "stop": {"exit_code": code, "seconds": stop_seconds, "taken_by_service": taken, "answered_at_clients": answered,
             "refused_connections": sum(c.refused for c in clients), "closed_before_taken": sum(c.cut_off for c in clients)},
    "samples": samples,
}
with open(options.out, "w", encoding="utf-8") as file:
    file.write(json.dumps(report, indent=2) + "\n")
print(json.dumps({k: v for k, v in report.items() if k != "samples"}, indent=2))
grown = len(samples) > 12 and last["resident_mb"] > 1.1 * max(s["resident_mb"] for s in samples[:len(samples) // 2])
sys.exit(1 if errors or code != 0 or taken != answered or grown else 0)
