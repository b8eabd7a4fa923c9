"""Compares warp2vec with gensim, fastText and, if given, word2vec.c: speed, memory and quality.

All train on the same text with the same settings, interleaved (each program once, then each again, ...). Builds
warp2vec and installs gensim and fastText with apt where they are missing. Prints a table and leaves it in a folder
with results.json, table.md and the page report/report.html."""
import argparse
import os
import sys
import tempfile
import time
from dataclasses import asdict

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[0] = os.path.dirname(HERE)  # where the packages are: this one and `measure`

from measure.arguments import check_files, check_programs, positive  # noqa: E402
from measure.checkout import built_program, dictionary  # noqa: E402
from measure.command import run_command  # noqa: E402
from measure.counted_words import count_words  # noqa: E402
from measure.machine import commit, machine  # noqa: E402
from measure.watched_process import ProgramFailed  # noqa: E402
from peers.preparation import find_peers  # noqa: E402
from peers.report import Report  # noqa: E402
from peers.rounds import judge_with, run_rounds  # noqa: E402
from peers.sentences import LONGEST, cut_long_lines  # noqa: E402
from peers.task import Settings, Text  # noqa: E402


def parse():
    parser = argparse.ArgumentParser(prog="compare_peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", help="plain text (default: that of an English dictionary, which is fetched)")
    parser.add_argument("--pairs", nargs="+", action="extend", default=[], help="word-pair files")
    parser.add_argument("--analogies", nargs="+", action="extend", default=[], help="analogy files")
    parser.add_argument("--rounds", type=positive, default=3, help="(default %(default)s)")
    parser.add_argument("--threads", type=positive, nargs="+", default=[os.cpu_count()],
                        help="one number or several (default: all of the machine's)")
    parser.add_argument("--loss", choices=["ns", "hs"], default="ns",
                        help="negative sampling or hierarchical softmax (default %(default)s)")
    parser.add_argument("--dim", type=positive, default=100, help="(default %(default)s)")
    parser.add_argument("--window", type=positive, default=5, help="(default %(default)s)")
    parser.add_argument("--negative", type=positive, default=5, help="(default %(default)s)")
    parser.add_argument("--sample", type=float, default=1e-4, help="(default %(default)s)")
    parser.add_argument("--min-count", type=positive, default=5, help="(default %(default)s)")
    parser.add_argument("--lr", type=float, default=0.025, help="(default %(default)s)")
    parser.add_argument("--epochs", type=positive, default=1, help="(default %(default)s)")
    parser.add_argument("--program", help="a warp2vec program (default: it is built)")
    parser.add_argument("--word2vec-c", metavar="PATH", help="a word2vec.c program, to compare with it, too")
    parser.add_argument("--output", help="folder (default: benchmarks/results/peers-CORPUS-LOSS)")
    arguments = parser.parse_args()
    check_files(parser, [arguments.corpus, *arguments.pairs, *arguments.analogies])
    check_programs(parser, [arguments.program, arguments.word2vec_c])
    if arguments.corpus and arguments.corpus.endswith((".gz", ".zst", ".bz2", ".xz")):
        parser.error("the other programs read plain text only: please unpack the corpus")
    # A path without a slash is a file here, not a program on PATH.
    arguments.program = arguments.program and os.path.abspath(arguments.program)
    arguments.word2vec_c = arguments.word2vec_c and os.path.abspath(arguments.word2vec_c)
    return arguments


def main():
    arguments = parse()
    program = arguments.program or built_program()
    peers, notes = find_peers(program, arguments.word2vec_c, arguments.loss)
    corpus = arguments.corpus or dictionary()
    settings = Settings(arguments.loss, arguments.dim, arguments.window, arguments.negative, arguments.sample,
                        arguments.min_count, arguments.lr, arguments.epochs)
    name = os.path.splitext(os.path.basename(corpus))[0]
    output = arguments.output or os.path.join(os.path.dirname(HERE), "results", f"peers-{name}-{settings.loss}")
    if not arguments.pairs and not arguments.analogies:
        notes.append("No quality: evaluation sets are not part of the project; give some with --pairs and --analogies.")

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "text.txt")
        with open(corpus, "rb") as source, open(path, "wb") as target:
            text = Text(path, *cut_long_lines(source, target))
        words = count_words(program, path, settings.min_count, folder).tokens
        facts = {"machine": machine(), "commit": commit(), "date": time.strftime("%Y-%m-%d"),
                 "corpus": {"name": os.path.basename(corpus), "bytes": os.path.getsize(corpus),
                            "words": text.words, "words_in_vocabulary": words, "longest_line": LONGEST},
                 "settings": asdict(settings), "threads": arguments.threads, "rounds": arguments.rounds,
                 "programs": {peer.name: peer.version() for peer in peers}, "notes": notes}
        report = Report(output, program, facts, words)
        run_rounds(peers, text, settings, arguments.threads, arguments.rounds,
                   judge_with(program, arguments.pairs, arguments.analogies), report.add)
        print(f"\nThe results are in {report.finish()}")


if __name__ == "__main__":
    run_command("compare_peers", main, ProgramFailed)
