#!/usr/bin/env bash
# Installs what is missing, builds warp2vec, measures its devices and losses on text, runs the crossover study, and opens
# the report.
# usage: scripts/bench.sh [FILE-OR-FOLDER...]     (without one: the text of an English dictionary)
set -euo pipefail
root=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")
program=$root/build/release/warp2vec
dictionary=$root/build/demo/gcide.txt

inputs=()
for text in "$@"; do inputs+=(--input "$(realpath -e -- "$text")"); done
"$root"/scripts/build-program.sh
if ((!$#)); then
  "$root"/scripts/fetch-dictionary.sh "$dictionary"
  inputs=(--input "$dictionary")
fi
name=$(basename -- "${1:-$dictionary}")
name=${name%.*}
out=$root/build/bench/$name
peers=()
compared=$root/benchmarks/results/peers-$name-ns/results.json # what benchmarks/compare_peers measured with this text
if [[ -f $compared ]]; then peers=(--peers "$compared"); fi

printf '\n== Trainings\n'
"$program" bench "${inputs[@]}" "${peers[@]}" --output "$out" --vocab-sizes 10000,0
printf '\n== Crossover study\n'
"$program" bench --study crossover --output "$out"

printf '\nThe report is %s, its figures are in %s\n' "$out/report.html" "$out/results.json"
if [[ ${DISPLAY-}${WAYLAND_DISPLAY-} ]] && command -v xdg-open >/dev/null; then
  xdg-open "$out/report.html"
else
  echo "No desktop was found here: open it in a browser, on this machine or, copied, on any other."
fi
