#!/usr/bin/env bash
# Exports golden folders of every family for both targets and lets Python's ONNX Runtime load and run them.
# Tokenizers made from older files are read by Hugging Face's tokenizers.
# usage: make.sh GOLDEN WORK REFERENCE_ENV_COMMAND...   (for example: make.sh ../../golden /tmp/work ../shared/tools/reference-env /tmp/ref)
set -euo pipefail
golden=$(realpath "$1"); work=$2; shift 2
here=$(cd "$(dirname "$0")" && pwd); ffsplit=(dotnet "$here/../../../artifacts/bin/FFSplit.Cli/release/ffsplit.dll")
mkdir -p "$work"
for case in bert-base-model bert-mlm-hub bert-classifier-bin roberta-classifier distilbert-classifier mpnet-model opt-lm-bin-sharded opt-350m-style-lm gpt2-lm-hub llama-lm-hub mistral-lm qwen2-lm; do
  rm -rf "$work/$case.split"
  "${ffsplit[@]}" compress "$golden/$case" -o "$work/$case.split" --method paper --importance random --seed 1 >/dev/null 2>&1
  for target in onnxruntime portable; do
    for kind in dense split; do
      out="$work/$case.$target.$kind"; rm -rf "$out"
      [ $kind = dense ] && model="$golden/$case" || model="$work/$case.split"
      "${ffsplit[@]}" export "$model" --target $target -o "$out" >/dev/null 2>&1
      [ $kind = split ] || cp "$golden/$case/reference.safetensors" "$out/"
    done
  done
done
# Tokenizers that come as older files, each beside a small model of a family that has such: export writes tokenizer.json.
for pair in bert-uncased:bert-classifier bert-cased-style:bert-classifier mpnet:mpnet-model gpt2:gpt2-lm opt-novels:opt-lm; do
  name=${pair%%:*}; rm -rf "$work/$name.tokenizer" "$work/$name.source"
  cp -r "$golden/${pair##*:}" "$work/$name.source"; chmod -R u+w "$work/$name.source"
  cp "$golden/tokenizers/$name/"* "$work/$name.source/"; rm -f "$work/$name.source/tokenizer.json"
  "${ffsplit[@]}" export "$work/$name.source" -o "$work/$name.tokenizer" >/dev/null 2>&1
done
cp "$here/run.py" "$work/"
(cd "$work" && "$@" python3 run.py)
