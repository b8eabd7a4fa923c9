"""Measures what negative samples, training steps and Huffman trees cost as descriptions of word2vec make them: with
numpy and plain Python, on one thread. Everything is done in interleaved rounds, the slowest way to build a tree
once, which takes minutes."""
import argparse
import json
import os
import platform
import sys
import time

# numpy's libraries read these when it is loaded.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", MKL_NUM_THREADS="1", BLIS_NUM_THREADS="1")

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(HERE)  # where the packages are: this one and `measure`

import numpy  # noqa: E402

from measure.arguments import positive  # noqa: E402
from measure.blas import blas, is_reference  # noqa: E402
from measure.columns import plain  # noqa: E402
from measure.command import run_command  # noqa: E402
from measure.machine import commit, machine  # noqa: E402
from measure.whole_file import write_whole  # noqa: E402
from usual.rounds import run_rounds  # noqa: E402
from usual.table import cells, summarise  # noqa: E402
from usual.tasks import SETTINGS, all_tasks  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(prog="usual_ways", description=__doc__)
    parser.add_argument("--rounds", type=positive, default=5, help="(default %(default)s)")
    parser.add_argument("--output", metavar="FILE", help="a JSON file with all runs (default: none)")
    arguments = parser.parse_args()
    if arguments.output is not None:
        folder = os.path.dirname(os.path.abspath(arguments.output))
        if not os.path.isdir(folder):
            parser.error(f"there is no folder {folder}")
        if not arguments.output or os.path.isdir(arguments.output):
            parser.error(f"--output: '{arguments.output}' is not the name of a file")
    return arguments


def main():
    arguments = parse()
    found = {"python": platform.python_version(), "numpy": numpy.__version__, "blas": blas()}
    facts = {"machine": machine(), "commit": commit(), "date": time.strftime("%Y-%m-%d"), "versions": found,
             "settings": {**SETTINGS, "rounds": arguments.rounds}}
    print(f"Python {found['python']}, numpy {found['numpy']}, {', '.join(found['blas']) or 'no BLAS'}")
    if is_reference(found["blas"]):
        print("This numpy multiplies matrices without OpenBLAS, ten times as slowly as with it: full softmax will look "
              "worse than it is.\n'scripts/install-dependencies.sh numpy' installs OpenBLAS.")

    runs = run_rounds(all_tasks(), arguments.rounds)
    rows = summarise(runs)
    print("\n" + plain(cells(rows)), end="")
    if arguments.output:
        write_whole(arguments.output, json.dumps({**facts, "summary": rows, "runs": runs}, indent=2) + "\n")
        print(f"\nThe results are in {arguments.output}")


if __name__ == "__main__":
    run_command("usual_ways", main, OSError)
