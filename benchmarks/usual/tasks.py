"""What is measured."""
from itertools import cycle
from typing import Callable, NamedTuple

import numpy as np

from usual.draws import chances, cumulative, draw_with_table
from usual.steps import sampling_step, softmax_step
from usual.trees import sorting_again, with_heap, with_two_queues
from usual.zipf import zipf_counts

SETTINGS = {"counts": "Zipf", "power": 0.75, "draws": 20, "dim": 100, "batch": 100, "negative": 5, "lr": 0.025,
            "type": "float32", "threads": 1}
USUAL, MANY, FEW = 46677, 1000000, 5000  # words
BATCHES = 64  # different ones, so that a step does not find all its rows in a cache


class Task(NamedTuple):
    what: str
    words: int
    call: Callable
    once: bool = False  # in all, as it takes minutes

    def __str__(self):
        return f"{self.what}, {self.words:,} words"


def all_tasks():
    return [*drawing(USUAL), *drawing(MANY), *stepping(USUAL), *tree_building()]


def drawing(words):
    random = np.random.RandomState(1)
    names = [f"w{rank}" for rank in range(words)]  # short, which spares numpy.random.choice some copying
    of_words = chances(zipf_counts(words), SETTINGS["power"])
    table = cumulative(of_words)
    draws = SETTINGS["draws"]
    return [Task(f"{draws} draws, choice from a list of strings", words,
                 lambda: random.choice(names, draws, p=of_words)),
            Task(f"{draws} draws, choice from integers", words, lambda: random.choice(words, draws, p=of_words)),
            Task(f"{draws} draws, searchsorted in a table", words, lambda: draw_with_table(random, table, draws))]


def stepping(words):
    """Each kind of step has its own matrices, as training begins with them, and the same pairs of words."""
    random = np.random.RandomState(1)
    counts = zipf_counts(words)
    of_text = cumulative(chances(counts, 1))
    of_negatives = cumulative(chances(counts, SETTINGS["power"]))
    pairs = [draw_with_table(random, of_text, (2, SETTINGS["batch"])) for _ in range(BATCHES)]

    def matrices():
        dim = SETTINGS["dim"]
        return (((random.random_sample((words, dim)) - 0.5) / dim).astype(SETTINGS["type"]),
                np.zeros((words, dim), SETTINGS["type"]))

    def softmax(inputs, outputs, batches):
        return lambda: softmax_step(inputs, outputs, *next(batches), SETTINGS["lr"])

    def sampling(inputs, outputs, batches):
        def step():
            first, targets = next(batches)
            negatives = draw_with_table(random, of_negatives, (SETTINGS["batch"], SETTINGS["negative"]))
            sampling_step(inputs, outputs, first, np.column_stack([targets, negatives]), SETTINGS["lr"])
        return step

    size = f"{SETTINGS['batch']} pairs"
    return [Task(f"step, {size}, full softmax", words, softmax(*matrices(), cycle(pairs))),
            Task(f"step, {size}, {SETTINGS['negative']} negatives", words, sampling(*matrices(), cycle(pairs)))]


def tree_building():
    def task(name, build, words, once=False):
        counts = zipf_counts(words)
        return Task(f"Huffman tree, {name}", words, lambda: build(counts), once)

    return [task("two queues", with_two_queues, USUAL), task("heapq", with_heap, USUAL),
            task("sorting at every merge", sorting_again, FEW),
            task("sorting at every merge", sorting_again, USUAL, once=True)]
