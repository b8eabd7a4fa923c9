"""Trains a grid of settings with every rule of sharing negatives, and flags every cell in which one is worse than
drawing negatives for each pair (--sharing pair), beyond what the seed changes.

Cells are a text with settings: window, negative, lr, sample and loss, each varied alone, and corners in which several
differ. Texts are a real one, the same with runs of repeated words, and walks on graphs, whose vectors are judged by how
well they tell the nodes' labels. Started again with the same --output, it goes on where it stopped. The exit status is
1 if a cell is flagged for --sharing auto, the default, or for any rule if auto is not among --sharings."""
import argparse
import functools
import os
import re
import sys
import tempfile

from grid.results import REFERENCE, Results, run_rounds
from grid.runs import measure, name_of, plan
from grid.texts import texts_of
from measure import (ROOT, add_evaluation_files, add_number, built_program, conditions, existing_file,
                     existing_folder, existing_program, positive, run_command, sha256, version)

SHARINGS = ("auto", "tile", "window", "pair")


def sharings(text):
    rules = text.split(",")
    if REFERENCE not in rules or len(set(rules)) < max(2, len(rules)) or not set(rules) <= set(SHARINGS):
        raise ValueError
    return rules


def pattern(text):
    try:
        return re.compile(text)
    except re.error as reason:
        raise argparse.ArgumentTypeError(f"'{text}' is no regular expression: {reason}") from None


def parse():
    parser = argparse.ArgumentParser(prog="quality_grid", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    number = functools.partial(add_number, parser)
    parser.add_argument("--output", default=ROOT / "build/quality-grid",
                        help="folder for results.json and table.md (default: build/quality-grid)")
    parser.add_argument("--text", type=existing_file, help="a real text, plain or .xz (default: that of an English "
                        "dictionary, which is fetched)")
    parser.add_argument("--bytes", type=positive, default=5000000, help="that are taken of it (default "
                        "%(default)s: enough words for --sharing auto not to be pair everywhere)")
    add_evaluation_files(parser)
    parser.add_argument("--graphs", type=existing_folder, metavar="FOLDER", help="with a NAME.edgelist or NAME.adjlist "
                        "to each NAME.labels, plain or .xz (default: a made graph)")
    number("--graph-nodes", 5000, "graphs with more are left out ", metavar="N")
    number("--walks", 5, "from each node ")
    number("--walk-length", 40, "nodes ")
    parser.add_argument("--sharings", type=sharings, default="auto,tile,window,pair",
                        help=f"of {', '.join(SHARINGS)}; {REFERENCE} is what the others are compared with "
                        "(default %(default)s)")
    parser.add_argument("--only", metavar="REGEX", type=pattern, help="cells in whose name this is found; names are "
                        "like 'text with runs: ns, window 5, negative 5, lr 0.025, sample 0.001'")
    parser.add_argument("--list", action="store_true", help="print the names of the cells, and end")
    number("--seeds", 3, "how many ")
    parser.add_argument("--standard-errors", type=float, default=3, metavar="N",
                        help="a difference must be beyond these (default %(default)s)")
    number("--dim", 100)
    number("--epochs", 3, "over the text ")
    number("--walk-epochs", 1, "over walks ")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="(default %(default)s)")
    number("--threads", 2)
    parser.add_argument("--program", type=existing_program, help="a warp2vec program (default: it is built)")
    return parser.parse_args()


def main():
    arguments = parse()
    with tempfile.TemporaryDirectory() as folder:
        texts, larger = texts_of(arguments, folder)
        if larger:
            print(f"left out, with more than {arguments.graph_nodes:,} nodes: {', '.join(larger)}", file=sys.stderr)
        cells = plan(texts, arguments.only)
        if arguments.list:
            print("\n".join(map(name_of, cells)))
            return
        if not cells:
            sys.exit("quality_grid: --only leaves no cell; --list without it has their names")
        program = arguments.program or built_program()
        flags = {"dim": arguments.dim, "device": arguments.device, "threads": arguments.threads}
        shared = {"program_sha256": sha256(program), **flags, "pairs": list(map(os.path.basename, arguments.pairs)),
                  "analogies": list(map(os.path.basename, arguments.analogies))}
        used = {cell["text"]: texts[cell["text"]] for cell in cells}
        for text in used.values():
            text.write(folder, program)
        results = Results(arguments.output, {**conditions(), "program": version(program)}, shared,
                          {name: text.about for name, text in used.items()}, arguments.sharings,
                          arguments.standard_errors)
        run_rounds(cells, arguments.seeds, results,
                   functools.partial(measure, program, os.path.join(folder, "run"), used, flags))
        sys.exit(1 if results.finish() else 0)


if __name__ == "__main__":
    run_command("quality_grid", main, "; the same command goes on from here")
