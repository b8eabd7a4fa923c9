"""The texts to train, including walks on graphs, and how their vectors are judged."""
import hashlib
import lzma
import os
import random
import statistics
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from measure import dictionary, evaluate

MIN_COUNT = 5  # of words; all nodes are kept
LINE = 20  # words
EVERY = 50  # one of this number of lines repeats a word
RUN = 40  # times
LONG_RUNS, LONG_RUN = 10, 1000
RANKS = (100, 200, 400, 800, 1600)  # frequency ranks of the words that are repeated
EDGES = (".edgelist", ".edgelist.xz", ".adjlist", ".adjlist.xz")
SPLITS = 3


@dataclass
class Text:
    name: str
    make: Callable  # from warp2vec to its bytes
    about: dict  # its description in results.json
    min_count: int
    epochs: int
    judge: Callable  # from warp2vec, a file of vectors, and its contents to figures
    path: Path = None  # set by write()

    def write(self, folder, program):
        data = self.make(program)
        self.path = Path(folder, self.name.replace(" ", "-") + ".txt")
        self.path.write_bytes(data)
        self.about = {**self.about, "words": len(data.split()), "epochs": self.epochs, "min-count": self.min_count,
                      "sha256": hashlib.sha256(data).hexdigest()}


def opened(path, mode, **options):
    """Opens a file, plain or .xz."""
    return (lzma.open if path.endswith(".xz") else open)(path, mode, **options)


def head_of(path, most_bytes):
    """The first bytes of a file, plain or .xz, up to the end of a word."""
    with opened(path, "rb") as source:
        head = source.read(most_bytes)
        if not source.read(1):
            return head
    end = max(head.rfind(b" "), head.rfind(b"\n"))
    return head[:end + 1] if end >= 0 else head


def with_runs(text):
    """The words of a text (bytes) in short lines, interspersed with lines that repeat one word: every 50th line, and a
    few long ones."""
    words = text.split()
    common = [word for word, _ in Counter(words).most_common(RANKS[-1])]
    repeated = [common[min(rank, len(common)) - 1] for rank in RANKS]
    lines = [words[begin:begin + LINE] for begin in range(0, len(words), LINE)]
    between = max(1, len(lines) // LONG_RUNS)  # number of lines between two long runs
    made = []
    for number, line in enumerate(lines, 1):
        made.append(line)
        runs, rest = divmod(number, EVERY - 1)
        if not rest:
            made.append([repeated[(runs - 1) % len(repeated)]] * RUN)
        runs, rest = divmod(number, between)
        if not rest and runs <= LONG_RUNS:
            made.append([repeated[(runs - 1) % len(repeated)]] * LONG_RUN)
    return b"".join(b" ".join(line) + b"\n" for line in made)


@dataclass
class Graph:
    name: str
    edges: str  # a file of edges, or of adjacency lists
    labels: dict  # a tuple for each node

    def flags(self, walks, length):
        """Of warp2vec, for walks on it."""
        adjacency = ["--adjacency"] if ".adjlist" in self.edges else []
        return [*adjacency, "--num-walks", str(walks), "--walk-length", str(length)]


def read_folder(folder, most_nodes=None):
    """The graphs of a folder: for each NAME.labels ("node label ...") a NAME.edgelist ("node node") or NAME.adjlist
    ("node neighbour ..."), any of them optionally with .xz. Graphs with more labelled nodes than `most_nodes` are left
    out; their names are the second result."""
    names = os.listdir(folder)
    graphs, larger = [], []
    for labels_file in sorted(names):
        name, kind = os.path.splitext(labels_file.removesuffix(".xz"))
        edges = next((name + ending for ending in EDGES if name + ending in names), None)
        if kind != ".labels" or not edges:
            continue
        with opened(os.path.join(folder, labels_file), "rt", encoding="utf-8") as lines:
            labels = {node: tuple(own) for node, *own in filter(None, map(str.split, lines))}
        if most_nodes and len(labels) > most_nodes:
            larger.append(name)
        else:
            graphs.append(Graph(name, os.path.join(folder, edges), labels))
    return graphs, larger


def planted_partition(folder, groups=12, size=100, edges=4, inside=0.4, seed=1):
    """Writes a synthetic graph for read_folder(): each node draws `edges` edges, a fraction `inside` of them within its
    own group, which is its label."""
    draws = random.Random(seed)
    with open(Path(folder, "planted.labels"), "w") as labels, open(Path(folder, "planted.edgelist"), "w") as lines:
        for node in range(groups * size):
            labels.write(f"{node} {node // size}\n")
            for _ in range(edges):
                begin, among = (node // size * size, size) if draws.random() < inside else (0, groups * size)
                lines.write(f"{node} {begin + draws.randrange(among)}\n")


def walks_text(program, graph, flags):
    """The lines of `warp2vec walks` on a graph."""
    return subprocess.check_output([program, "walks", "--input", graph.edges, "--output", "-", "--quiet", *flags])


def micro_f1(vectors, labels):
    """One-vs-rest logistic regression, trained on half of the nodes; each other node is assigned as many of its most
    likely labels as it has, as is usual for DeepWalk. Returns the mean over a few fixed splits; None if a vector is not
    finite."""
    import numpy
    from sklearn.linear_model import LogisticRegression  # slow to import

    nodes = sorted(node for node in labels if node in vectors)
    matrix = numpy.array([vectors[node] for node in nodes], dtype=numpy.float64)
    if not numpy.isfinite(matrix).all():
        return None
    kinds = sorted({label for node in nodes for label in labels[node]})
    has = numpy.array([[kind in labels[node] for kind in kinds] for node in nodes])
    found = []
    for split in range(1, SPLITS + 1):
        order = list(range(len(nodes)))
        random.Random(split).shuffle(order)
        known, asked = order[:len(order) // 2], order[len(order) // 2:]
        scores = numpy.full((len(asked), len(kinds)), -numpy.inf)
        for kind, of_known in enumerate(has[known].T):
            if of_known.any() and not of_known.all():
                model = LogisticRegression(solver="liblinear", random_state=1).fit(matrix[known], of_known)
                scores[:, kind] = model.decision_function(matrix[asked])
        truth = has[asked]
        told = (-scores).argsort(axis=1).argsort(axis=1) < truth.sum(axis=1, keepdims=True)
        # As many labels are predicted as there are, so that precision, recall and F1 are equal.
        found.append(float((told & truth).sum() / truth.sum()))
    return statistics.mean(found)


def texts_of(arguments, folder):
    """All available texts by name, and the names of graphs that are left out because they are too large. `folder`: for
    files that the texts are made from."""
    def real(_):
        return head_of(arguments.text or dictionary(), arguments.bytes)

    def judge_words(program, path, _):
        return evaluate(program, path, arguments.pairs, arguments.analogies)

    def walks_on(graph):
        walks = {"walks": arguments.walks, "length": arguments.walk_length}
        return Text(f"walks on {graph.name}", lambda program: walks_text(program, graph, graph.flags(**walks)),
                    {"nodes": len(graph.labels), **walks}, 1, arguments.walk_epochs,
                    lambda _, __, vectors: {"micro F1": micro_f1(vectors, graph.labels)})

    about = {"file": os.path.basename(arguments.text or "gcide.txt"), "first bytes": arguments.bytes}
    texts = [Text("text", real, about, MIN_COUNT, arguments.epochs, judge_words),
             Text("text with runs", lambda _: with_runs(real(_)), about, MIN_COUNT, arguments.epochs, judge_words)]
    if not arguments.graphs:
        planted_partition(folder)
    graphs, larger = read_folder(arguments.graphs or folder, arguments.graph_nodes)
    return {text.name: text for text in [*texts, *map(walks_on, graphs)]}, larger
