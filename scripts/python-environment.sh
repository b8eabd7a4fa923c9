#!/usr/bin/env bash
# Prints the interpreter of a virtual environment with what the Python package is built and tested with, creating it if
# need be. Fails, and says why, without a network or without Python. Without the packages that only some tests use, these
# tests are skipped.
# usage: scripts/python-environment.sh FOLDER
set -euo pipefail

folder=$1
python=$folder/bin/python3
install=("$python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15)

has() {
  "$python" -c 'import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))' "$@" 2>/dev/null
}

{
  has nanobind numpy pytest || { python3 -m venv "$folder" && "${install[@]}" nanobind numpy pytest; }
  has mypy networkx pandas polars pyarrow sklearn tqdm || "${install[@]}" mypy networkx pandas polars pyarrow scikit-learn tqdm ||
    echo "some packages cannot be had: the Python tests that use them are skipped"
} >&2
echo "$python"
