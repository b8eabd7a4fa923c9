#!/usr/bin/env bash
# Prints the interpreter of a virtual environment with what the Python package is built and tested with, creating it if
# need be. Fails, and says why, without a network or without Python.
# usage: scripts/python-environment.sh FOLDER
set -euo pipefail

folder=$1
python=$folder/bin/python3
packages=(nanobind numpy pytest mypy pandas polars pyarrow scikit-learn tqdm)
modules=(nanobind numpy pytest mypy pandas polars pyarrow sklearn tqdm)
if ! "$python" -c 'import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))' \
  "${modules[@]}" 2>/dev/null; then
  {
    python3 -m venv "$folder"
    "$python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15 "${packages[@]}"
  } >&2
fi
echo "$python"
