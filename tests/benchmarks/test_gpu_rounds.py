import contextlib
import io
import os
import tempfile
import unittest

from gpu.budget import Budget
from gpu.results import OtherConditions, Results
from gpu.rounds import run_rounds
from measure.watched_process import OutOfTime, ProgramFailed
from sample_gpu_runs import cell, run

TILE, WINDOW, MADE = cell("tile"), cell("window"), cell("tile", text="made")
FACTS = {"machine": {"cpu": "A CPU", "cores": 2, "system": "A system"}, "gpu": "A GPU", "commit": "abc",
         "date": "2026-01-01"}


class RoundsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.asked = []
        self.seconds = 1.0
        self.stopped = {}  # by cell: what measuring it raises

    def results(self, conditions=None):
        return Results(self.folder, FACTS, conditions or {"words": 1}, [TILE, WINDOW, MADE], 2, None)

    def measure(self, of, number, _):
        self.asked.append((of, number))
        if of in self.stopped:
            raise self.stopped[of]
        return run(of, number, self.seconds)

    def rounds(self, results, seconds=None):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            failures = run_rounds([[TILE, WINDOW], [MADE]], 2, Budget(seconds), results, self.measure)
        self.printed = printed.getvalue()
        return failures

    def test_they_are_interleaved_within_a_group(self):
        results = self.results()
        self.assertEqual(self.rounds(results), {})
        self.assertEqual(self.asked, [(TILE, 1), (WINDOW, 1), (TILE, 2), (WINDOW, 2), (MADE, 1), (MADE, 2)])
        self.assertEqual(results.missing(), {})
        self.assertIn("6 of 6, round 2: speed, made, d=128, sample 0.0001, tile, cuda: 100 M words/s", self.printed)

    def test_what_an_earlier_start_measured_is_not_measured_again(self):
        self.stopped = {MADE: OutOfTime("it was stopped")}
        self.rounds(self.results())
        self.asked, self.stopped = [], {}
        results = self.results()
        self.assertEqual(results.missing(), {MADE: 0})
        self.rounds(results)
        self.assertEqual(self.asked, [(MADE, 1), (MADE, 2)])
        self.assertEqual(len(results.runs), 6)

    def test_other_conditions_are_no_earlier_start(self):
        self.rounds(self.results())
        with self.assertRaisesRegex(OtherConditions, r"other conditions \(words\)"):
            self.results({"words": 2})

    def test_nothing_is_begun_that_cannot_end_in_time(self):
        self.seconds = 100.0
        results = self.results()
        self.rounds(results, seconds=60)
        self.assertEqual(self.asked, [(TILE, 1), (WINDOW, 1), (MADE, 1)])
        self.assertEqual(results.missing(), {TILE: 1, WINDOW: 1, MADE: 1})

    def test_no_time_at_all(self):
        results = self.results()
        self.rounds(results, seconds=0)
        self.assertEqual((self.asked, results.missing()), ([], {TILE: 0, WINDOW: 0, MADE: 0}))

    def test_a_failure_is_named_and_the_others_go_on(self):
        self.stopped = {WINDOW: ProgramFailed("it is out of memory")}
        results = self.results()
        self.assertEqual(self.rounds(results), {WINDOW: "it is out of memory"})
        self.assertEqual(self.asked, [(TILE, 1), (WINDOW, 1), (TILE, 2), (MADE, 1), (MADE, 2)])
        self.assertEqual(sorted(os.listdir(self.folder)), ["chart.svg", "results.json", "table.md"])


if __name__ == "__main__":
    unittest.main()
