#!/usr/bin/env bash
# measure.sh [--decode] FFSPLIT OUT MODEL...: times exported models beside each other (ffsplit bench), the first being what the others are
# held against, at four shapes on one and on two threads; one JSON file a cell in OUT. With --decode the tokens after a prompt of 16 and of
# 128. SHAPES names others than the four, where a model takes no 384 tokens; THREADS others than "1 2". With SPIN=1 threads spin within a run.
# Needs a quiet machine.
set -euo pipefail
decode=()
read -ra shapes <<< "${SHAPES:-8x128 1x128 1x384 1x16}"
if [ "$1" = --decode ]; then
  decode=(--decode)
  shapes=(1x128 1x16)
  shift
fi
ffsplit=$1 out=$2
shift 2
mkdir -p "$out"
for threads in ${THREADS:-1 2}; do
  for shape in "${shapes[@]}"; do
    case "$shape" in 8x128) rounds=12 ;; 1x384) rounds=20 ;; *) rounds=40 ;; esac
    "$ffsplit" bench "$@" ${decode[@]+"${decode[@]}"} ${SPIN:+--spin} --batch "${shape%x*}" --length "${shape#*x}" \
      --threads "$threads" --rounds "$rounds" --json > "$out/${decode:+decode-}$shape-$threads${SPIN:+-spin}.json"
  done
done
