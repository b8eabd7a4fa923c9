#!/usr/bin/env bash
# Fuzzes every reader with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer (clang). Inputs that reach
# new code are kept in build/fuzz/corpus/TARGET for the next run, findings in build/fuzz/findings/TARGET.
# usage: scripts/fuzz.sh [SECONDS [TARGET...]]   (SECONDS per target, by default 60; all targets)
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

seconds=${1:-60}
shift || true
scripts/install-dependencies.sh build test fuzz
cmake --preset fuzz --log-level=WARNING
cmake --build --preset fuzz --parallel "$(nproc)"
cd build/fuzz
targets=("$@")
if ((${#targets[@]} == 0)); then
  for program in tests/fuzz/fuzz_*; do
    [[ -f $program && -x $program && $program != */fuzz_replay ]] && targets+=("${program#*/fuzz_}")
  done
fi

failed=()
for target in "${targets[@]}"; do
  mkdir -p "corpus/$target" "findings/$target"
  tests/fuzz/fuzz_replay "$target" --write-seeds "corpus/$target"
  # Files in memory are faster.
  if TMPDIR=$([[ -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}") \
    "tests/fuzz/fuzz_$target" -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=1024 \
    -artifact_prefix="findings/$target/" -print_final_stats=1 "corpus/$target" &>"findings/$target/log"; then
    echo "$target: $(sed -n 's/stat::number_of_executed_units: *//p' "findings/$target/log") runs, no finding"
  else
    failed+=("$target")
    echo "$target: a finding, see build/fuzz/findings/$target"
  fi
done
if ((${#failed[@]})); then
  echo "Findings: ${failed[*]}" >&2
  exit 1
fi
