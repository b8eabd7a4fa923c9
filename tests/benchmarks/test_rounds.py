import os
import unittest

from compare_peers import run_rounds
from measure import ProgramFailed, Watched
from peers.programs import Phases


class Pretended:
    """A program that says what it is asked to do."""

    def __init__(self, name, log, fails_in_round=None):
        self.name = name
        self.log = log
        self.fails_in_round = fails_in_round

    def train(self, task):
        self.log.append((self.name, task.threads, task.seed, os.listdir(task.folder)))
        if task.seed == self.fails_in_round:
            raise ProgramFailed("it is out of memory")
        return Watched((), 5.0, 4.0, 1000, None), Phases(1.0, 2.0, 0.5), self.name + ".bin"


class RoundsTest(unittest.TestCase):
    def setUp(self):
        self.log, self.runs = [], []

    def rounds(self, peers):
        run_rounds(peers, ("text", 10, 1), None, [1, 2], 2, lambda vectors: {"spearman x": len(vectors)},
                   self.runs.append)

    def test_they_are_interleaved(self):
        self.rounds([Pretended("a", self.log), Pretended("b", self.log)])
        self.assertEqual(self.log,
                         [(name, threads, seed, []) for seed in (1, 2) for threads in (1, 2) for name in "ab"])
        self.assertEqual(self.runs[0]["seconds"],
                         {"vocabulary": 1.0, "training": 2.0, "save": 0.5, "rest": 1.5, "together": 5.0})
        self.assertEqual(self.runs[0]["quality"], {"spearman x": 5})

    def test_a_failure_is_named_and_ends_it(self):
        with self.assertRaisesRegex(ProgramFailed, "b, round 2, threads 1: it is out of memory"):
            self.rounds([Pretended("a", self.log), Pretended("b", self.log, fails_in_round=2)])
        self.assertEqual(len(self.runs), 5)


if __name__ == "__main__":
    unittest.main()
