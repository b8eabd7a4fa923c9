import collections
import signal
import threading
import time

import numpy as np
import pytest

import warp2vec
from warp2vec import Node2Vec

# Two cliques, and node 12 alone.
EDGES = np.array([(a, b) for a in range(12) for b in range(a + 1, 12) if a % 2 == b % 2]).T
NODES = 13
SETTINGS = dict(vector_size=8, epochs=5, deterministic=True)


def both_directions():
    return np.concatenate([EDGES, EDGES[::-1]], axis=1)


def csr():
    edges = both_directions()
    edges = edges[:, np.lexsort((edges[1], edges[0]))]
    return np.searchsorted(edges[0], np.arange(NODES + 1)).astype(np.int64), edges[1].astype(np.int32)


def test_cliques_are_apart_and_rows_in_the_order_of_nodes():
    trained = Node2Vec(EDGES, directed=False, num_nodes=NODES, num_walks=20).fit(**SETTINGS)
    assert trained.vectors.shape == (NODES, 8)
    assert trained.wv.index_to_key == [str(node) for node in range(NODES)]
    assert trained.counts[12] == 20 and not len(trained.without)
    for node in range(2, 12):
        assert trained.wv.similarity("0", str(node)) > trained.wv.similarity("1", str(node)) or node % 2
    assert trained.vectors[12].any()
    assert np.array_equal(trained.wv["7"], trained.model.wv["7"])
    assert Node2Vec(EDGES, directed=False, num_nodes=NODES).fit(min_count=11, **SETTINGS).without.tolist() == [12]


def test_all_forms_of_a_graph_are_the_same(tmp_path):
    walks = list(Node2Vec(EDGES, directed=False, num_nodes=NODES, p=0.5, q=2).walks())
    assert len(walks) == 130 and collections.Counter(map(len, walks)) == {80: 120, 1: 10}
    indptr, indices = csr()
    settings = dict(p=0.5, q=2)
    forms = [Node2Vec(both_directions(), num_nodes=NODES, **settings),
             Node2Vec(indptr=indptr, indices=indices, **settings),
             Node2Vec(indptr=indptr.astype(np.int32), indices=indices.astype(np.int64), **settings)]
    for form in forms:
        assert list(form.walks()) == walks
    names = ["n%d" % node for node in range(NODES)]
    lines = [" ".join([names[node], *(names[other] for other in indices[indptr[node]:indptr[node + 1]])])
             for node in range(NODES)]
    path = tmp_path / "graph.adjlist"
    path.write_text("\n".join(sorted(lines, key=lambda line: int(line.split()[0][1:]))) + "\n")
    read = Node2Vec(path, adjacency=True, **settings)
    assert sorted(read.nodes) == sorted(names)
    trained = read.fit(**SETTINGS)
    assert trained.wv.index_to_key == read.nodes
    assert trained.wv.similarity("n0", "n2") > trained.wv.similarity("n0", "n1")


def test_files_of_edges(tmp_path):
    path = tmp_path / "edges.csv"
    path.write_text("# a comment\nhub,light,0.001\nhub,heavy,1000\n")
    for settings, fewest, most in (({}, 20, 400), ({"weighted": True}, 0, 3)):
        node2vec = Node2Vec(str(path), **settings)
        assert node2vec.nodes == ["hub", "light", "heavy"]
        visits = collections.Counter(node for walk in node2vec.walks() for node in walk[1:] if walk[0] == "heavy")
        assert fewest <= visits["light"] <= most
    assert ["hub", "light"] in list(Node2Vec(path, directed=True, num_walks=30).walks())


def test_networkx():
    networkx = pytest.importorskip("networkx")
    graph = networkx.Graph()
    graph.add_nodes_from(range(NODES))
    graph.add_edges_from(EDGES.T.tolist())
    expected = list(Node2Vec(EDGES, directed=False, num_nodes=NODES).walks())
    assert list(Node2Vec(graph).walks()) == expected
    path = networkx.DiGraph([("a", "b"), ("b", (1, 2))])
    path["a"]["b"]["weight"] = 3.5
    assert ["a", "b", "(1, 2)"] in list(Node2Vec(path).walks())
    assert list(Node2Vec(path).fit(**SETTINGS).wv.index_to_key) == ["a", "b", "(1, 2)"]
    star = networkx.Graph()
    star.add_edge("hub", "light", weight=1)
    star.add_edge("hub", "heavy", weight=1e6)
    visits = collections.Counter(node for walk in Node2Vec(star, num_walks=1).walks() for node in walk[1:])
    assert visits["light"] < 3 < visits["heavy"]
    visits = collections.Counter(node for walk in Node2Vec(star, weight_key=None).walks() for node in walk[1:])
    assert visits["light"] > 100
    with pytest.raises(ValueError, match="same as str"):
        Node2Vec(networkx.Graph([(1, "1")]))


def test_scipy():
    sparse = pytest.importorskip("scipy.sparse")
    edges = both_directions()
    matrix = sparse.coo_array((np.full(edges.shape[1], 2.0), edges), shape=(NODES, NODES))
    expected = list(Node2Vec(EDGES, directed=False, num_nodes=NODES).walks())
    assert list(Node2Vec(matrix).walks()) == expected
    with pytest.raises(ValueError, match="columns"):
        Node2Vec(sparse.csr_array((2, 3)))


def test_the_same_for_any_number_of_workers():
    first, other = (Node2Vec(EDGES, weights=np.linspace(1, 2, EDGES.shape[1]), q=0.5, directed=False,
                             workers=workers).fit(**SETTINGS) for workers in (1, 3))
    assert np.array_equal(first.vectors, other.vectors)
    assert not np.array_equal(first.vectors, Node2Vec(EDGES, directed=False, q=0.5).fit(**SETTINGS).vectors)


def test_an_interrupt_ends_the_making_of_walks_at_once():
    node2vec = Node2Vec(EDGES, directed=False, num_nodes=NODES, num_walks=1000000, q=0.5)
    main = threading.get_ident()
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        signal.pthread_kill(main, signal.SIGINT)

    timer = threading.Timer(0.3, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        node2vec.fit(**SETTINGS)
    assert time.monotonic() - sent[0] < 5  # a loaded machine; some 0.1 s otherwise


@pytest.mark.parametrize("arguments, error, message", [
    (dict(), TypeError, "expected a graph"),
    (dict(graph=EDGES, indptr=[0], indices=[]), TypeError, "expected a graph"),
    (dict(indptr=[0, 1]), TypeError, "both indptr and indices"),
    (dict(indptr=[0, 2], indices=[0, 0, 0]), ValueError, "offsets"),
    (dict(indptr=[0, 1], indices=[1]), ValueError, r"indices\[0\] is 1"),
    (dict(graph=EDGES.T), TypeError, r"\(2, edges\)"),
    (dict(graph=EDGES.astype(float)), TypeError, "integers"),
    (dict(graph=EDGES - 1), ValueError, r"from\[0\] is -1"),
    (dict(graph=EDGES, num_nodes=3), ValueError, "expected a node, 0 to 2"),
    (dict(graph=EDGES, weights=[1.0]), ValueError, "1 weights: expected 30"),
    (dict(graph=EDGES, weights=np.full(EDGES.shape[1], -1.0)), ValueError, r"weights\[0\] is -1"),
    (dict(graph=EDGES, adjacency=True), TypeError, "adjacency is not for"),
    (dict(graph="none", weights=[1.0]), TypeError, "weights is not for"),
    (dict(graph="/nowhere/at/all"), ValueError, "/nowhere/at/all"),
    (dict(graph=EDGES, p=0), ValueError, "--p 0"), (dict(graph=EDGES, walk_length=0), ValueError, "--walk-length 0"),
    (dict(graph=[1, 2]), TypeError, "no graph")])
def test_wrong_arguments_are_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Node2Vec(**arguments)
