#!/usr/bin/env bash
# measure.sh FFSPLIT OUT MODEL...: times exported models beside each other (ffsplit bench), the first being what the others are held against,
# at three shapes on one and on two threads; one JSON file a cell in OUT. Needs a quiet machine.
set -euo pipefail
ffsplit=$1 out=$2
shift 2
mkdir -p "$out"
for threads in 1 2; do
  for shape in 8x128 1x128 1x16; do
    rounds=$([ "$shape" = 8x128 ] && echo 15 || echo 60)
    "$ffsplit" bench "$@" --batch "${shape%x*}" --length "${shape#*x}" --threads "$threads" --rounds "$rounds" --json > "$out/$shape-$threads.json"
  done
done
