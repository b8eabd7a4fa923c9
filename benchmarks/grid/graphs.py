"""Graphs with labelled nodes, and walks on them."""
import lzma
import os
import random
from dataclasses import dataclass

EDGES = (".edgelist", ".adjlist")


@dataclass(frozen=True)
class Graph:
    name: str
    neighbours: dict  # of each node that has any: a list of nodes
    labels: dict  # of those nodes, as far as they have any: a tuple


def graph_of(name, edges, labels):
    """Undirected, without loops; what is given twice counts once."""
    neighbours = {}
    for one, other in edges:
        if one != other:
            neighbours.setdefault(one, {})[other] = None
            neighbours.setdefault(other, {})[one] = None
    return Graph(name, {node: list(near) for node, near in neighbours.items()},
                 {node: own for node, own in labels.items() if node in neighbours})


def read_folder(folder, most_nodes):
    """The graphs of a folder: to each NAME.labels ("node label ...") a NAME.edgelist ("node node") or NAME.adjlist
    ("node neighbour ..."), any of them with .xz. Those with more labelled nodes than `most_nodes` are left out; their
    names are the second result."""
    names = os.listdir(folder)
    graphs, larger = [], []
    for labels_file in sorted(names):
        name, rest = os.path.splitext(labels_file[:-3] if labels_file.endswith(".xz") else labels_file)
        edges_file = next((name + kind + packed for kind in EDGES for packed in ("", ".xz")
                           if name + kind + packed in names), None)
        if rest != ".labels" or not edges_file:
            continue
        labels = {fields[0]: tuple(fields[1:]) for fields in read_fields(os.path.join(folder, labels_file))}
        if len(labels) > most_nodes:
            larger.append(name)
            continue
        lines = read_fields(os.path.join(folder, edges_file))
        edges = ((fields[0], node) for fields in lines
                 for node in (fields[1:] if ".adjlist" in edges_file else fields[1:2]))  # an edge may have a weight
        graphs.append(graph_of(name, edges, labels))
    return graphs, larger


def read_fields(path):
    """The fields of each line that has any."""
    with (lzma.open if path.endswith(".xz") else open)(path, "rt", encoding="utf-8") as lines:
        yield from (fields for fields in map(str.split, lines) if fields)


def planted_partition(name="planted", groups=12, size=100, edges=4, inside=0.4, seed=1):
    """A made graph: each node draws so many edges, and the share `inside` of them within its own group, its label."""
    draws = random.Random(seed)
    nodes = [f"n{number}" for number in range(groups * size)]
    labels = {node: (str(number // size),) for number, node in enumerate(nodes)}
    made = []
    for number, node in enumerate(nodes):
        begin = number // size * size
        for _ in range(edges):
            near = draws.random() < inside
            made.append((node, nodes[begin + draws.randrange(size) if near else draws.randrange(len(nodes))]))
    return graph_of(name, made, labels)


def walks(graph, for_each_node, length, seed=1):
    """Uniform walks, as DeepWalk takes them: one from every node in any order, then one more from each, ..."""
    draws = random.Random(seed)
    nodes = list(graph.neighbours)
    for _ in range(for_each_node):
        draws.shuffle(nodes)
        for node in nodes:
            walk = [node]
            while len(walk) < length:
                walk.append(draws.choice(graph.neighbours[walk[-1]]))
            yield walk
