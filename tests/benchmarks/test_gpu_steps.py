import contextlib
import io
import json
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import gpu_steps
from gpu_steps import Ended, Step, Steps


class GpuStepsTest(unittest.TestCase):
    """With 100 s for all stages, and a clock that only works move."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.now = 1000.0
        for patch in (mock.patch.object(gpu_steps.time, "monotonic", lambda: self.now),
                      contextlib.redirect_stdout(io.StringIO())):
            patch.__enter__()
            self.addCleanup(patch.__exit__, None, None, None)
        self.folder = Path(folder.name, "out")
        self.steps = Steps(self.folder, 100 + gpu_steps.RESERVE)

    def work(self, seconds, status="pass", **figures):
        self.now += seconds
        if status != "pass":
            raise Ended(status, "a reason")
        return figures

    def run_stage(self, name, share, *seconds, **more):
        self.steps.run_stage(name, share, [Step(f"{name}{number}", self.work, (own,), **more)
                                           for number, own in enumerate(seconds)])

    def of_steps(self, key):
        return {step["name"]: step.get(key) for step in self.steps.results["steps"]}

    def test_a_stage_gets_what_earlier_ones_left_over(self):
        self.run_stage("a", 0.2, 5)
        self.run_stage("b", 0.5, 65)
        self.run_stage("c", 0.3, 1)
        self.assertEqual(self.of_steps("limit"), {"a0": 20, "b0": 65, "c0": 30})

    def test_a_step_gets_half_and_the_last_one_all(self):
        self.run_stage("a", 1, 50, 10, 40)
        self.assertEqual(self.of_steps("limit"), {"a0": 50, "a1": 25, "a2": 40})

    def test_steps_that_take_no_time_have_no_share_and_always_run(self):
        self.steps.run_stage("a", 1, [Step("long", self.work, (100,)), Step("late", self.work, (1,)),
                                      Step("sum", self.work, (0,), timed=False)])
        self.assertEqual(self.of_steps("limit"), {"long": 50, "late": 0, "sum": 0})
        self.assertEqual(self.of_steps("status"), {"long": "pass", "late": "timeout", "sum": "pass"})

    def test_what_must_pass(self):
        self.steps.run_stage("a", 1, [Step(f"{status}, {mandatory}", self.work, (0, status), mandatory) for status in
                                      ("pass", "fail", "timeout", "unavailable") for mandatory in (True, False)])
        self.assertEqual(self.steps.finish(), ["fail, True", "fail, False", "timeout, True"])
        self.assertEqual(self.steps.results["status"], "failed")

    def test_results_are_written_after_each_step(self):
        def look():
            seen.append([step["name"] for step in json.loads((self.folder / "results.json").read_text())["steps"]])

        seen = []
        self.steps.run_stage("a", 1, [Step("one", look), Step("two", look), Step("three", look)])
        self.assertEqual(seen, [[], ["one"], ["one", "two"]])
        self.assertEqual(os.listdir(self.folder), ["results.json"])

    def test_a_step_that_raises_is_a_failure_with_its_reason(self):
        self.steps.run_stage("a", 1, [Step("one", {}.__getitem__, ("no key",))])
        self.assertEqual(self.of_steps("reason"), {"one": "KeyError: 'no key'"})
        self.assertEqual(self.steps.finish(), ["one"])


class CommandTest(unittest.TestCase):
    def test_a_program_that_hangs_ends_with_its_children_and_leaves_time_for_others(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()), \
             mock.patch.object(gpu_steps, "LEAST", 0):
            steps, pid = Steps(Path(folder, "out"), 1 + gpu_steps.RESERVE), Path(folder, "pid")
            hangs = ("sh", "-c", f"sleep 60 & echo $! >{pid}; echo begun; wait")
            steps.run_stage("a", 1, [Step("hangs", steps.command, hangs), Step("quick", steps.command, ("true",))])
            first, second = steps.results["steps"]
            self.assertEqual((first["status"], first["reason"]), ("timeout", "sh was stopped, see log.txt"))
            self.assertLess(first["seconds"], 1)
            self.assertEqual(second["status"], "pass")
            self.assertIn("begun\n", Path(folder, "out/log.txt").read_text())
            status = Path(f"/proc/{pid.read_text().strip()}/status")
            for _ in range(100):
                if not status.exists() or "zombie" in status.read_text():
                    return
                gpu_steps.time.sleep(0.02)
            self.fail("its child still runs")


if __name__ == "__main__":
    unittest.main()
