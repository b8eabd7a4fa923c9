"""Vectors of the nodes of graphs, from random walks."""
from __future__ import annotations

import os
from typing import Any, Iterator, List, Optional

import numpy as np

from . import _core
from .ids import TrainedIds, _integers, _resumed_ids, _trained_ids
from .keyedvectors import KeyedVectors


class TrainedNodes:
    """wv: KeyedVectors, whose keys are the nodes as str, in node order; vectors: (nodes, vector_size) float32, row i is
    that of node i; counts: (nodes,) int64, how often walks visit a node; without: rows of nodes without a vector, which
    are zero; model: the Word2Vec, whose words are the digits of the rows."""

    def __init__(self, nodes: List[str], trained: TrainedIds) -> None:
        self.wv = KeyedVectors._of(nodes, trained.vectors)
        self.wv.expandos["count"] = trained.counts
        self.vectors = trained.vectors
        self.counts = trained.counts
        self.without = trained.without
        self.model = trained.model


class Node2Vec:
    """Random walks on a graph, and vectors of its nodes: DeepWalk (p = q = 1) and node2vec.

    graph: one of
      - a networkx graph; its nodes are in its order, and edges with the attribute `weight_key` are weighted;
      - a scipy sparse matrix of nodes x nodes, whose values are the weights of arcs from rows to columns (of an
        undirected graph it is symmetric);
      - an integer array of shape (2, edges), PyG's edge_index, with `weights` or without: arcs, of which PyG's
        undirected graphs have both directions; directed=False adds the other direction. num_nodes: 0 = 1 more than the
        highest;
      - the path of a file of edges, as `warp2vec walks --input` reads it: `adjacency`, `weighted`, and directed=True
        for arcs; its nodes are in the order of their first occurrences.
    indptr, indices, weights: instead of a graph, scipy's CSR arrays, which are read where they are if they are int64,
        int32 and float32, and columns increase.

    Edges between the same nodes are one, and their weights add up. p, q: return and in-out parameters, 1e-6 to 1e6.
    walk_length: most nodes of a walk. num_walks: from each node. The walks are the same for any number of `workers`
    (default: all CPUs). Errors: ValueError, of which warp2vec.Error is one; TypeError for what is no graph.
    """

    def __init__(self, graph: Any = None, *, indptr: Any = None, indices: Any = None, weights: Any = None, p: float = 1,
                 q: float = 1, walk_length: int = 80, num_walks: int = 10, directed: Optional[bool] = None,
                 num_nodes: int = 0, weight_key: Optional[str] = "weight", adjacency: bool = False,
                 weighted: bool = False, seed: int = 1, workers: Optional[int] = None) -> None:
        if (graph is None) == (indptr is None and indices is None):
            raise TypeError("expected a graph, or indptr and indices")
        is_path = isinstance(graph, (str, os.PathLike))
        is_networkx = hasattr(graph, "adj") and hasattr(graph, "is_directed")
        is_matrix = hasattr(graph, "tocsr")
        is_edges = graph is not None and not (is_path or is_networkx or is_matrix)
        for name, given, fits in (("weights", weights is not None, is_edges or graph is None),
                                  ("directed", directed is not None, is_edges or is_path),
                                  ("num_nodes", bool(num_nodes), is_edges), ("adjacency", adjacency, is_path),
                                  ("weighted", weighted, is_path)):
            if given and not fits:
                raise TypeError(f"{name} is not for such a graph, which says it itself")
        self.nodes: List[str]
        if is_path:
            self._graph = _core.Graph.read(os.fspath(graph), adjacency, bool(directed), weighted)
            self.nodes = [name.decode() for name in self._graph.names]
        elif is_networkx:
            self._graph = _of_networkx(graph, weight_key)
            self.nodes = [str(node) for node in graph]
            if len(set(self.nodes)) < len(self.nodes):
                raise ValueError("two nodes are the same as str")
        else:
            if is_edges:
                self._graph = _of_edges(graph, weights, directed is None or directed, num_nodes)
            else:
                self._graph = _of_matrix(graph) if is_matrix else _of_csr(indptr, indices, weights)
            self.nodes = [str(node) for node in range(self._graph.nodes)]
        settings = _core.WalkSettings()
        settings.p, settings.q, settings.seed = p, q, seed
        settings.walk_length, settings.num_walks = walk_length, num_walks
        self.seed = seed
        self.workers = workers
        self._walks = _core.Walks(self._graph, settings)

    def walks(self) -> Iterator[List[str]]:
        """All walks, in the order in which fit() trains on them."""
        for index in range(len(self._walks)):
            yield [self.nodes[node] for node in self._walks.walk(index)]

    def fit(self, *, vector_size: int = 128, window: int = 10, min_count: int = 1, sample: float = 0, sg: int = 1,
            **settings: Any) -> TrainedNodes:
        """Trains on the walks, which are made in C++, on all threads. settings: as for Word2Vec. A node without edges
        keeps its initial vector."""
        settings.setdefault("seed", self.seed)
        settings.setdefault("workers", self.workers)
        threads = settings["workers"] or 0
        trained = _trained_ids(
            lambda max_vocab: self._walks.count(min_count, max_vocab, threads),
            lambda vocabulary: self._walks.encode(vocabulary, threads),
            dict(settings, vector_size=vector_size, window=window, min_count=min_count, sample=sample, sg=sg))
        return TrainedNodes(self.nodes, trained)

    def resume(self, checkpoint: Any, **settings: Any) -> TrainedNodes:
        """Ends the run of fit(checkpoint=...), on the same walks. settings: as for Word2Vec.resume()."""
        settings.setdefault("workers", self.workers)
        threads = settings["workers"] or 0
        return TrainedNodes(self.nodes, _resumed_ids(
            checkpoint, lambda vocabulary: self._walks.encode(vocabulary, threads), self._graph.nodes, settings))


def _floats(weights: Any) -> Any:
    return None if weights is None else np.ascontiguousarray(weights, np.float32)


def _of_csr(indptr: Any, indices: Any, weights: Any) -> _core.Graph:
    if indptr is None or indices is None:
        raise TypeError("expected both indptr and indices")
    return _core.Graph.csr(_integers(indptr), _integers(indices), _floats(weights))


def _of_matrix(matrix: Any) -> _core.Graph:
    rows = matrix.tocsr()
    if rows.shape[0] != rows.shape[1]:
        raise ValueError(f"a matrix of shape {rows.shape}: expected as many columns as rows")
    return _of_csr(rows.indptr, rows.indices, rows.data)


def _of_edges(edges: Any, weights: Any, directed: bool, nodes: int) -> _core.Graph:
    array = np.asarray(edges)
    if array.ndim != 2 or array.shape[0] != 2:
        raise TypeError(f"an array of shape {array.shape} is no graph: expected (2, edges)")
    array = _integers(array)
    return _core.Graph.of_edges(array[0], array[1], _floats(weights), directed, nodes)


def _of_networkx(graph: Any, weight_key: Optional[str]) -> _core.Graph:
    number = {node: i for i, node in enumerate(graph)}
    edges = np.array([(number[a], number[b]) for a, b in graph.edges()], np.int64).reshape(-1, 2).T
    weights = None
    if weight_key is not None:
        given = [weight for *_, weight in graph.edges(data=weight_key)]
        if any(weight is not None for weight in given):
            weights = [1 if weight is None else weight for weight in given]
    return _of_edges(edges, weights, graph.is_directed(), len(number))
