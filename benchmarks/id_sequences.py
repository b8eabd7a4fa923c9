"""Reads sequences of ids as text, as text with --ids, and as a NumPy array, and trains walks on graphs.

Reading: many items in sessions; the seconds until training begins, medians of interleaved rounds, and the processor
time of `warp2vec encode`, which does the same and writes the result. Walks, with --graphs: micro-F1 of the nodes'
labels beside gensim's on the same walks. Writes results.json."""
import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
from grid.runs import read_vectors
from grid.texts import micro_f1, read_folder, walks_text
from measure import (ROOT, ProgramFailed, add_number, built_program, closing_summary, conditions, existing_folder,
                     existing_program, markdown, run_command, run_watched, train_command, version, write_json)
from peers.programs import GENSIM_WORKER

FORMS = {"text": ["sequences.txt"], "--ids": ["sequences.txt", "--ids"], ".npy": ["sequences.npy"]}
SESSION = 10  # items


def write_sequences(folder, sequences):
    """The same sequences (arrays of ids) as text, and as a one-dimensional array with -1 between them."""
    with open(folder / "sequences.txt", "w", encoding="ascii") as text:
        for sequence in sequences:
            text.write(" ".join(map(str, sequence)) + "\n")
    numpy.save(folder / "sequences.npy", numpy.concatenate([[*sequence, -1] for sequence in sequences]))


def sessions(items, events, seed=1):
    """Each item once, and the other events with probabilities as 1 / rank, in random order."""
    draws = numpy.random.default_rng(seed)
    ranks = numpy.exp(draws.random(events - items) * numpy.log(items)).astype(numpy.int64) - 1
    drawn = numpy.concatenate([numpy.arange(items), draws.permutation(items)[ranks]])
    draws.shuffle(drawn)
    return numpy.array_split(drawn, events // SESSION)


def measure_reading(program, folder, arguments):
    runs = []
    for number in range(arguments.rounds):
        for form, (name, *flags) in FORMS.items():
            read = ["--input", folder / name, *flags, "--min-count", 1, "--threads", arguments.threads]
            run_watched(train_command(program, folder, dim=4, epochs=1, sample=1e-9) + read)
            seconds = closing_summary(folder)["seconds"]
            encoded = run_watched([program, "encode", "--output", folder / "ids", "--quiet", *read])
            runs.append({"round": number + 1, "form": form, "vocabulary": seconds["vocabulary"],
                         "encode": seconds["encode"], "encode command, processor": encoded.cpu_seconds,
                         "encode command, peak memory": encoded.peak_memory_bytes})
            print(json.dumps(runs[-1]), file=sys.stderr)
    return runs


def reading_table(runs):
    def median(form, value):
        return statistics.median(value(run) for run in runs if run["form"] == form)

    columns = {"seconds until training": lambda run: run["vocabulary"] + run["encode"],
               "processor seconds of encode": lambda run: run["encode command, processor"],
               "its peak memory, MB": lambda run: run["encode command, peak memory"] / 1e6}
    return [["input", *columns], *([form, *(f"{median(form, value):.3g}" for value in columns.values())]
                                   for form in FORMS)]


def measure_walks(program, folder, graph, arguments):
    walks = [*graph.flags(arguments.walks, arguments.walk_length), f"--p={arguments.p}", f"--q={arguments.q}"]
    settings = {"window": 5, "negative": 5, "sample": 0, "min_count": 1, "epochs": 1, "seed": 1}
    run_watched(train_command(program, folder, graph=graph.edges, dim=100, threads=arguments.threads, **settings)
                + [*walks, "--deterministic"])
    (folder / "walks.txt").write_bytes(walks_text(program, graph, walks))
    gensim = {"corpus": str(folder / "walks.txt"), "feeding": "iterator", "vectors": str(folder / "gensim.bin"),
              "vector_size": 100, "workers": 1, **settings}
    subprocess.run([sys.executable, GENSIM_WORKER, json.dumps(gensim)], check=True, stdout=subprocess.DEVNULL)
    result = {"graph": graph.name, "nodes": len(graph.labels), **{
        "F1, " + name: micro_f1(read_vectors(folder / file), graph.labels)
        for name, file in (("--graph", "vectors.bin"), ("gensim", "gensim.bin"))}}
    print(json.dumps(result), file=sys.stderr)
    return result


def walks_table(results):
    return [["graph, nodes", *list(results[0])[2:]],
            *([f"{name}, {nodes:,}", *map("{:.3f}".format, scores)] for name, nodes, *scores in
              map(dict.values, results))]


def parse():
    parser = argparse.ArgumentParser(prog="id_sequences", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag, default, what in (("--items", 3000000, "different items "), ("--rounds", 5, "of reading "),
                                ("--events", 10000000, "items of all sessions "), ("--threads", 2, "of warp2vec "),
                                ("--walks", 10, "from each node "), ("--walk-length", 40, "nodes ")):
        add_number(parser, flag, default, what)
    parser.add_argument("--graphs", type=existing_folder, metavar="FOLDER", help="with a NAME.edgelist or NAME.adjlist "
                        "to each NAME.labels, plain or .xz (default: no walks)")
    parser.add_argument("--p", type=float, default=1.0, help="of walks (default %(default)s)")
    parser.add_argument("--q", type=float, default=1.0, help="of walks (default %(default)s)")
    parser.add_argument("--output", default=ROOT / "build/id-sequences", help="folder for results.json (default: "
                        "build/id-sequences)")
    parser.add_argument("--program", type=existing_program, help="a warp2vec program (default: it is built)")
    return parser.parse_args()


def main():
    arguments = parse()
    if arguments.events < arguments.items:
        raise ProgramFailed("--events must not be below --items: each item occurs")
    program = arguments.program or built_program()
    results = {**conditions(), "program": version(program),
               **{name: getattr(arguments, name)
                  for name in ("items", "events", "threads", "walks", "walk_length", "p", "q")}}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_sequences(folder, sessions(arguments.items, arguments.events))
        results["reading"] = measure_reading(program, folder, arguments)
        tables = [reading_table(results["reading"])]
        if arguments.graphs:
            graphs, _ = read_folder(arguments.graphs)
            results["graphs"] = [measure_walks(program, folder, graph, arguments) for graph in graphs]
            tables.append(walks_table(results["graphs"]))
    Path(arguments.output).mkdir(parents=True, exist_ok=True)
    write_json(Path(arguments.output, "results.json"), results)
    print("\n".join(map(markdown, tables)))


if __name__ == "__main__":
    run_command("id_sequences", main)
