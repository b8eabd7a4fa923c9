#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests: plainly, then under the sanitizers.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

scripts/install-dependencies.sh build test

# ThreadSanitizer cannot start where the kernel randomises addresses more than it knows.
plain_addresses=(setarch "$(uname -m)" --addr-no-randomize)
"${plain_addresses[@]}" true 2>/dev/null || plain_addresses=()

# test PRESET [CMAKE-OPTION...]: builds and tests it; the results are left in build/PRESET/tests.xml.
test_preset() {
  local preset=$1
  shift
  printf '\n== %s\n' "$preset"
  cmake --preset "$preset" --log-level=WARNING "$@"
  "${plain_addresses[@]}" cmake --build --preset "$preset" --parallel "$(nproc)"
  "${plain_addresses[@]}" ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error \
    --output-junit tests.xml || failed+=("$preset")
}

failed=()
test_preset release -DWARP2VEC_BUILD_BENCHMARKS=ON -DWARP2VEC_CUDA=AUTO # the demo may have turned it off
test_preset asan-ubsan
test_preset tsan

# Counts, and names every test that failed or was skipped, with the reason that it gave for that.
printf '\n== Summary\n'
awk '
  function test()       { split(FILENAME, folder, "/"); return folder[2] " " name }
  /<testcase /          { split($0, part, "\""); name = part[2]; ran = /status="run"/; skipped = telling = 0; reason = "" }
  /<skipped message="SKIP_/ { skipped = 1 }
  /^\[  SKIPPED \]/     { telling = 0 }
  telling               { reason = reason " " $0 }
  skipped && /: Skipped$/ { telling = 1 }
  /<\/testcase>/ {
    if (ran) passes++
    else if (skipped) { skips++; print "skipped: " test() ":" reason }
    else { fails++; print "failed:  " test() }
  }
  END { printf "%d passed, %d failed, %d skipped\n", passes, fails, skips }
' build/{release,asan-ubsan,tsan}/tests.xml
if ((${#failed[@]})); then
  echo "Tests failed: ${failed[*]}" >&2
  exit 1
fi
