#!/usr/bin/env bash
# Checks what a reviewer should not have to: formatting, clang-tidy's findings, and the shell scripts.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

scripts/install-dependencies.sh build test lint

mapfile -t sources < <(find benchmarks host include kernels tests -name '*.cpp' -o -name '*.h' -o -name '*.cu' | sort)

echo "clang-format: ${#sources[@]} files"
clang-format-14 --dry-run --Werror "${sources[@]}"

echo "shellcheck"
shellcheck benchmarks/{compare_peers,id_sequences,quality_grid} scripts/*.sh cmake/*.sh tests/gpu/*.sh .ci/run

# The headers are checked with the files that include them, one of which is written by the build. Each source by itself,
# and without g++'s precompiled headers, which clang cannot read.
mkdir -p build
{
  cmake --preset release -B build/lint -DWARP2VEC_FAST_COMPILE=OFF &&
    cmake --build build/lint --target warp2vec_commit
} >build/lint.log || { cat build/lint.log; exit 1; }
mapfile -t units < <(printf '%s\n' "${sources[@]}" | grep '\.cpp$' | grep -v '^tests/consumer/')
echo "clang-tidy: ${#units[@]} files"
# The build may have g++'s options in it, which clang does not know.
printf '%s\0' "${units[@]}" |
  xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p build/lint --quiet --extra-arg=-Wno-unknown-warning-option
echo "lint passed"
