"""Trains a grid of settings with every rule of sharing negatives, and flags every cell in which one is worse than
drawing negatives for each pair (--sharing pair), beyond what the seed changes.

Cells are a text with settings: window, negative, lr, sample and loss, each varied alone, and corners in which several
differ. Texts are a real one, the same with runs of repeated words, and walks on graphs, whose vectors are judged by how
well they tell the nodes' labels. Started again with the same --output, it goes on where it stopped. The exit status is
1 if a cell is flagged for --sharing auto, the default, or for any rule if auto is not among --sharings."""
import argparse
import os
import re
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(HERE)  # where the packages are: this one and `measure`

from grid.cells import plan  # noqa: E402
from grid.measurement import Measurement  # noqa: E402
from grid.preparation import sources_of  # noqa: E402
from grid.results import OtherConditions, Results  # noqa: E402
from grid.rounds import run_rounds  # noqa: E402
from grid.summary import REFERENCE  # noqa: E402
from measure.arguments import check_files, check_programs, positive  # noqa: E402
from measure.checkout import built_program  # noqa: E402
from measure.command import run_command  # noqa: E402
from measure.machine import commit, machine  # noqa: E402
from measure.whole_file import sha256  # noqa: E402

SHARINGS = ("auto", "tile", "window", "pair")


def sharings(text):
    rules = text.split(",")
    if REFERENCE not in rules or len(set(rules)) < max(2, len(rules)) or not set(rules) <= set(SHARINGS):
        raise ValueError
    return rules


def parse():
    parser = argparse.ArgumentParser(prog="quality_grid", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", help="folder for results.json and table.md (default: build/quality-grid)")
    parser.add_argument("--text", help="a real text, plain or .xz (default: that of an English dictionary, which is "
                        "fetched)")
    parser.add_argument("--bytes", type=positive, default=5000000, help="that are taken of it (default "
                        "%(default)s: enough words for --sharing auto not to be pair everywhere)")
    parser.add_argument("--pairs", nargs="+", action="extend", default=[], help="word-pair files")
    parser.add_argument("--analogies", nargs="+", action="extend", default=[], help="analogy files")
    parser.add_argument("--graphs", metavar="FOLDER", help="with a NAME.edgelist or NAME.adjlist to each NAME.labels, "
                        "plain or .xz (default: a made graph)")
    parser.add_argument("--graph-nodes", type=positive, default=5000, metavar="N",
                        help="graphs with more are left out (default %(default)s)")
    parser.add_argument("--walks", type=positive, default=5, help="from each node (default %(default)s)")
    parser.add_argument("--walk-length", type=positive, default=40, help="nodes (default %(default)s)")
    parser.add_argument("--sharings", type=sharings, default="auto,tile,window,pair",
                        help=f"of {', '.join(SHARINGS)}; {REFERENCE} is what the others are compared with "
                        "(default %(default)s)")
    parser.add_argument("--only", metavar="REGEX", type=re.compile, help="cells in whose name this is found; names are "
                        "like 'text with runs: ns, window 5, negative 5, lr 0.025, sample 0.001'")
    parser.add_argument("--list", action="store_true", help="print the names of the cells, and end")
    parser.add_argument("--seeds", type=positive, default=3, help="how many (default %(default)s)")
    parser.add_argument("--standard-errors", type=float, default=3, metavar="N",
                        help="a difference must be beyond these (default %(default)s)")
    parser.add_argument("--dim", type=positive, default=100, help="(default %(default)s)")
    parser.add_argument("--epochs", type=positive, default=3, help="over the text (default %(default)s)")
    parser.add_argument("--walk-epochs", type=positive, default=1, help="over walks (default %(default)s)")
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu", help="(default %(default)s)")
    parser.add_argument("--threads", type=positive, default=2, help="(default %(default)s)")
    parser.add_argument("--program", help="a warp2vec program (default: it is built)")
    arguments = parser.parse_args()
    check_files(parser, [arguments.text, *arguments.pairs, *arguments.analogies])
    check_programs(parser, [arguments.program])
    if arguments.graphs and not os.path.isdir(arguments.graphs):
        parser.error(f"there is no folder {arguments.graphs}")
    return arguments


def main():
    arguments = parse()
    if arguments.list:
        print("\n".join(map(str, cells_of(arguments, None)[0])))
        return
    program = os.path.abspath(arguments.program) if arguments.program else built_program()
    cells, sources = cells_of(arguments, program)
    if not cells:
        sys.exit("quality_grid: --only leaves no cell; --list without it has their names")
    output = arguments.output or os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "quality-grid")
    conditions = {"program_sha256": sha256(program), "dim": arguments.dim, "device": arguments.device,
                  "threads": arguments.threads, "pairs": [os.path.basename(path) for path in arguments.pairs],
                  "analogies": [os.path.basename(path) for path in arguments.analogies]}
    facts = {"machine": machine(), "commit": commit(), "date": time.strftime("%Y-%m-%d"),
             "program": version_of(program)}
    with tempfile.TemporaryDirectory() as folder:
        texts, about = {}, {}
        for name in dict.fromkeys(cell.text for cell in cells):
            texts[name], about[name] = sources[name].write(folder)
        results = Results(output, facts, conditions, about, arguments.sharings, arguments.standard_errors)
        measurement = Measurement(program, texts, arguments.device, arguments.threads, arguments.dim,
                                  os.path.join(folder, "run"))
        try:
            run_rounds(cells, arguments.sharings, arguments.seeds, results, measurement.run)
        finally:
            results.save()
    print(f"\nThe results are in {results.folder}")
    flagged = results.show()
    sys.exit(1 if flagged else 0)


def cells_of(arguments, program):
    """Those that are asked for, and all texts by their names."""
    sources, larger = sources_of(arguments, program)
    if larger:
        print(f"left out, with more than {arguments.graph_nodes:,} nodes: {', '.join(larger)}", file=sys.stderr)
    return plan([source.name for source in sources], arguments.only), {source.name: source for source in sources}


def version_of(program):
    return subprocess.run([program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


if __name__ == "__main__":
    run_command("quality_grid", main, OtherConditions, "; the same command goes on from here")
