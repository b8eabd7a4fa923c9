#!/usr/bin/env bash
# Installs what is missing for building, and builds the program: build/release/warp2vec.
set -euo pipefail
root=$(realpath -- "$(dirname -- "${BASH_SOURCE[0]}")/..")

"$root"/scripts/install-dependencies.sh build
# Kernels take minutes to compile: only where a GPU could run them.
cuda=OFF
if command -v nvidia-smi >/dev/null; then cuda=AUTO; fi
printf '\n== Building\n'
cmake -S "$root" --preset release -DWARP2VEC_BUILD_TESTS=OFF -DWARP2VEC_WERROR=OFF -DWARP2VEC_CUDA=$cuda >/dev/null
cmake --build "$root"/build/release --target warp2vec --parallel "$(nproc)"
