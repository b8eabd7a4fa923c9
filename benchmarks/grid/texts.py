"""The texts to train, including walks on graphs, and how their vectors are judged."""
import hashlib
import lzma
import os
import random
import statistics
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
    make: Callable  # returns its bytes
    about: dict  # its description in results.json
    min_count: int
    epochs: int
    judge: Callable  # from warp2vec, a file of vectors, and its contents to figures
    path: Path = None  # set by write()

    def write(self, folder):
        data = self.make()
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


class Graph:
    """Undirected, without loops; duplicate edges count once."""

    def __init__(self, name, edges, labels):
        """`edges`: pairs of nodes. `labels`: a tuple for each node; nodes without edges are left out."""
        neighbours = {}
        for one, other in edges:
            if one != other:
                neighbours.setdefault(one, {})[other] = None
                neighbours.setdefault(other, {})[one] = None
        self.name = name
        self.neighbours = {node: list(near) for node, near in neighbours.items()}
        self.labels = {node: own for node, own in labels.items() if node in neighbours}


def read_folder(folder, most_nodes):
    """The graphs of a folder: for each NAME.labels ("node label ...") a NAME.edgelist ("node node") or NAME.adjlist
    ("node neighbour ..."), any of them optionally with .xz. Graphs with more labelled nodes than `most_nodes` are left
    out; their names are the second result."""
    def fields_of(file):
        with opened(os.path.join(folder, file), "rt", encoding="utf-8") as lines:
            yield from (fields for fields in map(str.split, lines) if fields)

    names = os.listdir(folder)
    graphs, larger = [], []
    for labels_file in sorted(names):
        name, kind = os.path.splitext(labels_file.removesuffix(".xz"))
        edges_file = next((name + ending for ending in EDGES if name + ending in names), None)
        if kind != ".labels" or not edges_file:
            continue
        labels = {node: tuple(own) for node, *own in fields_of(labels_file)}
        if len(labels) > most_nodes:
            larger.append(name)
            continue
        edges = ((node, other) for node, *others in fields_of(edges_file)
                 for other in (others if ".adjlist" in edges_file else others[:1]))  # edges may have weights
        graphs.append(Graph(name, edges, labels))
    return graphs, larger


def planted_partition(name="planted", groups=12, size=100, edges=4, inside=0.4, seed=1):
    """A synthetic graph: each node draws `edges` edges, a fraction `inside` of them within its own group, which is its
    label."""
    draws = random.Random(seed)
    nodes = [f"n{number}" for number in range(groups * size)]
    labels = {node: (str(number // size),) for number, node in enumerate(nodes)}
    made = []
    for number, node in enumerate(nodes):
        for _ in range(edges):
            begin, among = (number // size * size, size) if draws.random() < inside else (0, len(nodes))
            made.append((node, nodes[begin + draws.randrange(among)]))
    return Graph(name, made, labels)


def walks(graph, for_each_node, length, seed=1):
    """Uniform walks as in DeepWalk: one from every node in random order, then another from each, ..."""
    draws = random.Random(seed)
    nodes = list(graph.neighbours)
    for _ in range(for_each_node):
        draws.shuffle(nodes)
        for node in nodes:
            walk = [node]
            while len(walk) < length:
                walk.append(draws.choice(graph.neighbours[walk[-1]]))
            yield walk


def walks_text(graph, for_each_node, length):
    return "".join(" ".join(walk) + "\n" for walk in walks(graph, for_each_node, length)).encode()


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


def texts_of(arguments):
    """All available texts by name, and the names of graphs that are left out because they are too large."""
    def real():
        return head_of(arguments.text or dictionary(), arguments.bytes)

    def judge_words(program, path, _):
        return evaluate(program, path, arguments.pairs, arguments.analogies)

    def walks_on(graph):
        return Text(f"walks on {graph.name}", lambda: walks_text(graph, arguments.walks, arguments.walk_length),
                    {"nodes": len(graph.neighbours), "walks": arguments.walks, "length": arguments.walk_length}, 1,
                    arguments.walk_epochs, lambda _, __, vectors: {"micro F1": micro_f1(vectors, graph.labels)})

    about = {"file": os.path.basename(arguments.text or "gcide.txt"), "first bytes": arguments.bytes}
    texts = [Text("text", real, about, MIN_COUNT, arguments.epochs, judge_words),
             Text("text with runs", lambda: with_runs(real()), about, MIN_COUNT, arguments.epochs, judge_words)]
    graphs, larger = read_folder(arguments.graphs, arguments.graph_nodes) if arguments.graphs else (
        [planted_partition()], [])
    return {text.name: text for text in [*texts, *map(walks_on, graphs)]}, larger
