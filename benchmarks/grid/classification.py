"""How well labels of nodes are told from their vectors."""
import random
import statistics

import numpy
from sklearn.linear_model import LogisticRegression

SPLITS = 3


def micro_f1(vectors, labels):
    """Logistic regression, one label against the rest, trained with half of the nodes; each other node gets as many of
    its likeliest labels as it has, as is usual for DeepWalk. The mean over a few fixed splits; None if a vector is not
    finite."""
    nodes = sorted(node for node in labels if node in vectors)
    matrix = numpy.array([vectors[node] for node in nodes], dtype=numpy.float64)
    if not numpy.isfinite(matrix).all():
        return None
    kinds = sorted({label for node in nodes for label in labels[node]})
    has = numpy.array([[kind in labels[node] for kind in kinds] for node in nodes])
    return statistics.mean(f1_of_split(matrix, has, split) for split in range(1, SPLITS + 1))


def f1_of_split(matrix, has, split):
    order = list(range(len(matrix)))
    random.Random(split).shuffle(order)
    known, asked = order[:len(order) // 2], order[len(order) // 2:]
    scores = numpy.full((len(asked), has.shape[1]), -numpy.inf)
    for kind in range(has.shape[1]):
        if has[known, kind].any() and not has[known, kind].all():
            model = LogisticRegression(solver="liblinear", random_state=1).fit(matrix[known], has[known, kind])
            scores[:, kind] = model.decision_function(matrix[asked])
    truth = has[asked]
    ranks = (-scores).argsort(axis=1).argsort(axis=1)
    told = ranks < truth.sum(axis=1, keepdims=True)
    # As many labels are told as there are, so that precision, recall and F1 are the same.
    return float((told & truth).sum() / truth.sum())
