"""Drawing words with numpy."""
import numpy as np


def chances(counts, power):
    """Of being drawn, in proportion to the counts to this power."""
    weights = np.asarray(counts, dtype=float) ** power
    return weights / weights.sum()


def cumulative(chances_of_words):
    """The table that makes draws cheap; its end is 1 exactly, so that no draw lies behind it."""
    table = np.cumsum(chances_of_words)
    return table / table[-1]


def draw_with_table(random, table, shape):
    """Numbers of words. `random`: a RandomState."""
    return np.searchsorted(table, random.random_sample(shape), side="right")
