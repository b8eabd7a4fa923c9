#!/usr/bin/env bash
# Installs missing packages, builds, and runs the tests.
# usage: scripts/test.sh [--all]   (--all: also slow tests, the Python package, gensim's results, and the sanitizers,
#                                   which run no slow tests)
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

case "$*" in
"") everything=false ;;
--all) everything=true ;;
*)
  echo "usage: scripts/test.sh [--all]" >&2
  exit 2
  ;;
esac

purposes=(build test)
$everything && purposes+=(oracle python mpi)
scripts/install-dependencies.sh "${purposes[@]}"

# ThreadSanitizer cannot start where the kernel randomises more address bits than it supports.
plain_addresses=(setarch "$(uname -m)" --addr-no-randomize)
"${plain_addresses[@]}" true 2>/dev/null || plain_addresses=()

# The Python package takes another minute, and packages from the network: without them its test is skipped.
python_options=(-DWARP2VEC_PYTHON=OFF)
if $everything && python=$(scripts/python-environment.sh build/python); then
  python_options=(-DWARP2VEC_PYTHON=ON "-DPython_EXECUTABLE=$PWD/$python")
fi

# test_preset PRESET [CMAKE-OPTION...]: builds and tests it; the results are in build/PRESET/tests.xml.
test_preset() {
  local preset=$1 labels=(--label-exclude slow)
  shift
  $everything && [[ $preset == release ]] && labels=()
  printf '\n== %s\n' "$preset"
  cmake --preset "$preset" --log-level=WARNING "$@"
  "${plain_addresses[@]}" cmake --build --preset "$preset" --parallel "$(nproc)"
  "${plain_addresses[@]}" ctest --preset "$preset" --parallel "$(nproc)" --no-tests=error "${labels[@]}" \
    --output-junit tests.xml || failed+=("$preset")
  results+=("build/$preset/tests.xml")
}

failed=()
results=()
test_preset release -DWARP2VEC_CUDA=AUTO "${python_options[@]}" # which the demo may have turned off
if $everything; then
  test_preset asan-ubsan
  test_preset tsan
fi

# Counts the tests, and lists those that failed or were skipped, with the reason.
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
' "${results[@]}"
if ((${#failed[@]})); then
  echo "Tests failed: ${failed[*]}" >&2
  exit 1
fi
