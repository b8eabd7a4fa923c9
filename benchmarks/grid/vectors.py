"""Files of vectors in word2vec's binary format."""
import math
from array import array


def read_vectors(path):
    """The vector of each word."""
    with open(path, "rb") as file:
        data = file.read()
    place = data.index(b"\n") + 1
    rows, dim = map(int, data[:place].split())
    vectors = {}
    for _ in range(rows):
        space = data.index(b" ", place)
        word = data[place:space].lstrip(b"\n").decode("utf-8", "replace")
        place = space + 1 + 4 * dim
        vectors[word] = array("f", data[space + 1:place])
    return vectors


def largest_norm(vectors):
    """Infinite if any value is not finite."""
    norms = [math.hypot(*vector) for vector in vectors.values()]
    return max(norms) if all(map(math.isfinite, norms)) else math.inf
