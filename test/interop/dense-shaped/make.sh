#!/usr/bin/env bash
# Splits golden folders of every family, exports them dense-shaped, and lets Hugging Face transformers run the exports.
# usage: make.sh GOLDEN WORK REFERENCE_ENV_COMMAND...   (for example: make.sh ../../golden /tmp/work ../shared/tools/reference-env /tmp/ref)
# Writes <case>.safetensors beside itself: what transformers gives for the export of that case; prints versions and differences.
set -euo pipefail
golden=$(realpath "$1"); work=$2; shift 2
here=$(cd "$(dirname "$0")" && pwd); ffsplit=(dotnet "$here/../../../artifacts/bin/FFSplit.Cli/release/ffsplit.dll")
mkdir -p "$work"
for case in bert-mlm-hub bert-classifier-bin roberta-classifier distilbert-classifier mpnet-model opt-lm-bin-sharded opt-350m-style-lm gpt2-lm-hub llama-lm-hub mistral-lm qwen2-lm; do
  for method in paper prune-light; do
    out="$work/$case.$method"; rm -rf "$out" "$out.split"
    "${ffsplit[@]}" compress "$golden/$case" -o "$out.split" --method $method --importance random --seed 1 >/dev/null 2>&1
    "${ffsplit[@]}" export "$out.split" --format dense-shaped -o "$out" >/dev/null 2>&1
    cp "$golden/$case/reference.safetensors" "$out/"
  done
done
cp "$here/run.py" "$work/"
(cd "$work" && "$@" python3 run.py)
cp "$work"/*.out.safetensors "$here/"
