#!/usr/bin/env bash
# Prints the interpreter of a virtual environment with what the Python package is built and tested with, creating it if
# need be. Fails, and says why, without a network or without Python.
# usage: scripts/python-environment.sh FOLDER
set -euo pipefail

folder=$1
python=$folder/bin/python3
if ! "$python" -c "import nanobind, numpy, pytest" &>/dev/null; then
  {
    python3 -m venv "$folder"
    "$python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 15 nanobind numpy pytest
  } >&2
fi
echo "$python"
