"""Compares warp2vec with gensim, fastText and, if given, word2vec.c: speed, memory and quality.

All train on the same text with the same settings, interleaved (each program once, then each again, ...). Builds
warp2vec and installs gensim and fastText with apt where they are missing. Prints a table and leaves it in a folder
with results.json, table.md and the page report/report.html."""
import argparse
import mmap
import os
import re
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

from measure import (ROOT, ProgramFailed, add_evaluation_files, built_program, conditions, dictionary, evaluate,
                     existing_file, existing_program, positive, run_command)
from peers.programs import Task, find_peers
from peers.report import Report

LONGEST = 1000  # words per line; gensim trains no more than 10,000 words of a line


def parse():
    parser = argparse.ArgumentParser(prog="compare_peers", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=existing_file,
                        help="plain text (default: that of an English dictionary, which is fetched)")
    add_evaluation_files(parser)
    parser.add_argument("--rounds", type=positive, default=3, help="(default %(default)s)")
    parser.add_argument("--threads", type=positive, nargs="+", default=[os.cpu_count()],
                        help="one number or several (default: all of the machine's)")
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram", help="(default %(default)s)")
    parser.add_argument("--loss", choices=["ns", "hs"], default="ns",
                        help="negative sampling or hierarchical softmax (default %(default)s)")
    for flag, kind, value in (("--dim", positive, 100), ("--window", positive, 5), ("--negative", positive, 5),
                              ("--sample", float, 1e-4), ("--min-count", positive, 5), ("--lr", float, 0.025),
                              ("--epochs", positive, 1)):
        parser.add_argument(flag, type=kind, default=value, help="(default %(default)s)")
    parser.add_argument("--program", type=existing_program, help="a warp2vec program (default: it is built)")
    parser.add_argument("--word2vec-c", type=existing_program, metavar="PATH",
                        help="a word2vec.c program, to compare with it, too")
    parser.add_argument("--output", help="folder (default: benchmarks/results/peers-CORPUS-LOSS, with -cbow)")
    arguments = parser.parse_args()
    if arguments.corpus and arguments.corpus.endswith((".gz", ".zst", ".bz2", ".xz")):
        parser.error("the other programs read plain text only: please unpack the corpus")
    if arguments.corpus and not os.path.getsize(arguments.corpus):
        parser.error(f"argument --corpus: {arguments.corpus} is empty")
    return arguments


def cut_long_lines(source, target, longest=LONGEST):
    """Writes the text `source` (bytes, or a mapped file) to a binary stream, with words separated by spaces and at most
    `longest` words per line. Returns the number of words and of lines."""
    all_words, lines = 0, 0
    for piece in re.finditer(rb"(?:[^\S\n]*\S+){0,%d}[^\S\n]*\n?" % longest, source):
        words = piece[0].split()
        if words or piece[0].endswith(b"\n"):
            target.write(b" ".join(words) + b"\n")
            all_words += len(words)
            lines += 1
    return all_words, lines


def count_words(program, text, min_count, folder):
    """The number of words that a pass over the text trains, the same for all programs, from which speeds are
    computed."""
    vocabulary = os.path.join(folder, "vocabulary.txt")
    subprocess.run([program, "vocab", "--input", text, "--output", vocabulary, "--min-count", str(min_count),
                    "--quiet"], check=True)
    with open(vocabulary, encoding="utf-8", errors="replace") as lines:
        return sum(int(line.rpartition(" ")[2]) for line in lines)


def run_rounds(peers, text, settings, thread_counts, rounds, judge, on_run):
    """Runs every program with every number of threads, then all of them again, so that a temporarily busy machine
    affects all of them equally.

    `text`: the file, its number of words, and its number of lines. The number of the round is the seed. `judge`: a
    function from a file of vectors to figures. `on_run`: called with the result of each run. If a program fails, all of
    it ends."""
    for seed, threads, peer in ((seed, threads, peer) for seed in range(1, rounds + 1) for threads in thread_counts
                                for peer in peers):
        with tempfile.TemporaryDirectory() as folder:
            try:
                watched, phases, vectors = peer.train(Task(*text, settings, threads, seed, Path(folder)))
            except ProgramFailed as reason:
                raise ProgramFailed(f"{peer.name}, round {seed}, threads {threads}: {reason}") from None
            on_run({"program": peer.name, "threads": threads, "round": seed,
                    "seconds": {**phases._asdict(), "rest": watched.seconds - sum(phases), "together": watched.seconds},
                    "cpu_seconds": watched.cpu_seconds, "peak_memory_bytes": watched.peak_memory_bytes,
                    "quality": judge(vectors)})


def main():
    arguments = parse()
    program = arguments.program or built_program()
    settings = {name: getattr(arguments, name)
                for name in ("model", "loss", "dim", "window", "negative", "sample", "min_count", "lr", "epochs")}
    peers, notes = find_peers(program, arguments.word2vec_c, arguments.loss)
    corpus = arguments.corpus or dictionary()
    name = os.path.splitext(os.path.basename(corpus))[0]
    of_model = "-cbow" if arguments.model == "cbow" else ""
    output = arguments.output or ROOT / f"benchmarks/results/peers-{name}-{arguments.loss}{of_model}"
    if not arguments.pairs and not arguments.analogies:
        notes.append("No quality: evaluation sets are not part of the project; give some with --pairs and --analogies.")

    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "text.txt")
        with open(corpus, "rb") as source, open(path, "wb") as target:
            words, lines = cut_long_lines(mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ), target)
        in_vocabulary = count_words(program, path, arguments.min_count, folder)
        about = {"name": os.path.basename(corpus), "bytes": os.path.getsize(corpus), "words": words,
                 "words_in_vocabulary": in_vocabulary, "longest_line": LONGEST}
        report = Report(output, program, {
            **conditions(), "corpus": about, "settings": settings, "threads": arguments.threads,
            "rounds": arguments.rounds, "programs": {peer.name: peer.version for peer in peers}, "notes": notes})
        run_rounds(peers, (path, words, lines), SimpleNamespace(**settings), arguments.threads, arguments.rounds,
                   lambda vectors: evaluate(program, vectors, arguments.pairs, arguments.analogies), report.add)
        report.finish()
    print(f"\nThe results are in {report.folder}")


if __name__ == "__main__":
    run_command("compare_peers", main)
