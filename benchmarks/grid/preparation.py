"""What must be there before anything is trained: texts."""
import hashlib
import os
from dataclasses import dataclass
from typing import Callable

from grid.graphs import planted_partition, read_folder
from grid.texts import Text, head_of, walks_text, with_runs
from measure.checkout import dictionary
from measure.quality import evaluate, quality_figures

MIN_COUNT = 5  # of words; nodes are all kept


@dataclass(frozen=True)
class Source:
    """A text that is yet to be made."""
    name: str
    make: Callable  # its bytes
    about: dict  # what results.json says of it
    min_count: int
    epochs: int
    judge: Callable  # from a file of vectors, and what is in it, to figures

    def write(self, folder):
        """The text, and all that is worth saying of it."""
        data = self.make()
        path = os.path.join(folder, self.name.replace(" ", "-") + ".txt")
        with open(path, "wb") as out:
            out.write(data)
        about = {**self.about, "words": len(data.split()), "epochs": self.epochs, "min-count": self.min_count,
                 "sha256": hashlib.sha256(data).hexdigest()}
        return Text(self.name, path, self.min_count, self.epochs, self.judge), about


def sources_of(arguments, program):
    """All that can be trained, and the names of graphs that are left out since they are too large."""
    def real():
        return head_of(arguments.text or dictionary(), arguments.bytes)

    about = {"file": os.path.basename(arguments.text or "gcide.txt"), "first bytes": arguments.bytes}
    judge = judge_words(program, arguments.pairs, arguments.analogies)
    sources = [Source("text", real, about, MIN_COUNT, arguments.epochs, judge),
               Source("text with runs", lambda: with_runs(real()), about, MIN_COUNT, arguments.epochs, judge)]
    graphs, larger = read_folder(arguments.graphs, arguments.graph_nodes) if arguments.graphs else (
        [planted_partition()], [])
    return sources + [walks_source(graph, arguments) for graph in graphs], larger


def walks_source(graph, arguments):
    about = {"nodes": len(graph.neighbours), "walks": arguments.walks, "length": arguments.walk_length}
    return Source(f"walks on {graph.name}", lambda: walks_text(graph, arguments.walks, arguments.walk_length), about, 1,
                  arguments.walk_epochs, judge_nodes(graph.labels))


def judge_words(program, pairs, analogies):
    def judge(path, _):
        return quality_figures(evaluate(program, path, pairs, analogies)) if pairs or analogies else {}
    return judge


def judge_nodes(labels):
    def judge(_, vectors):
        from grid.classification import micro_f1  # loading scikit-learn takes a second
        return {"micro F1": micro_f1(vectors, labels)}
    return judge
