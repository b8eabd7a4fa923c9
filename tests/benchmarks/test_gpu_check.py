import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import gpu_check

ROOT = Path(__file__).resolve().parents[2]
PRETENDED = ROOT / "tests/benchmarks/pretended_gpu_tools"


class GpuCheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for program in ("a/warp2vec", "a/gpu_tests", "b/warp2vec", "tools/ncu", "tools/compute-sanitizer", "FULL-W2V"):
            self.add(program)
        (self.folder / "text").write_text("a b")
        (self.folder / "p").write_text("a\tb\t1")

    def add(self, program):
        (self.folder / program).parent.mkdir(exist_ok=True)
        shutil.copy(PRETENDED, self.folder / program)

    def run_check(self, *more, budget=100, text="text", **pretended):
        """The exit status, what it said, and the results. `more`: flags; a path begins with '@'."""
        given = ["--corpus", "@" + text, "--pairs", "@p"] if text else []
        done = subprocess.run(
            [sys.executable, "-B", ROOT / "scripts/gpu_check.py", "--bundle", self.folder / "a", "--output",
             self.folder / "out", "--budget", str(budget),
             *(str(self.folder / part[1:]) if part[0] == "@" else part for part in [*given, *more])],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=self.folder,
            env={**os.environ, "PRETENDED": json.dumps({"quality": 0.5, **pretended}),
                 "PRETENDED_LOG": str(self.folder / "calls"), "PATH": f"{self.folder}/tools:/usr/bin:/bin"})
        results = self.folder / "out/results.json"
        return done.returncode, done.stdout, json.loads(results.read_text()) if results.exists() else None

    def calls(self, pattern):
        return [line for line in (self.folder / "calls").read_text().splitlines() if re.search(pattern, line)]

    @staticmethod
    def stages(results):
        return list(dict.fromkeys(step["stage"] for step in results["steps"]))

    @staticmethod
    def statuses(results):
        return {step["name"]: step["status"] for step in results["steps"]}

    def test_all_stages_in_their_order_leave_eight_files(self):
        status, said, results = self.run_check("--against", "@b", "--full-w2v", "@FULL-W2V")
        self.assertEqual((status, results["status"]), (0, "passed"), said)
        self.assertEqual(self.stages(results), ["start", "correct", "good", "fast", "sanitizers", "rest"])
        self.assertEqual({name: own for name, own in self.statuses(results).items() if own != "pass"},
                         {} if shutil.which("nvidia-smi") else {"nvidia-smi": "unavailable"})
        for name in ("short tests", "all tests", "3,000,000 words, d=300", "compute-sanitizer, racecheck"):
            self.assertIn(name, self.statuses(results))
        tests = next(step for step in results["steps"] if step["name"] == "short tests")
        self.assertEqual((tests["tests"], tests["skipped"]), (2, ["Gpu.Other"]))
        self.assertEqual(sorted(path.name for path in (self.folder / "out").rglob("*")),
                         ["against.html", "against.json", "bench.html", "bench.json", "log.txt", "path.ncu-rep",
                          "results.json", "tile.ncu-rep"])

    def test_two_bundles_are_measured_in_turns_and_compared_by_cell(self):
        _, said, results = self.run_check("--against", "@b", "--full-w2v", "@FULL-W2V", "--stages", "fast",
                                          speeds={"a": 3e8, "b": 2e8})
        turns = [line.split(" ")[0].replace(f"{self.folder}/", "") for line in self.calls(" bench |FULL-W2V ")]
        self.assertEqual(turns, ["a/warp2vec", "b/warp2vec", "FULL-W2V", "FULL-W2V"] * 3)
        *rounds, summary = (step for step in results["steps"] if step["stage"] == "fast")
        self.assertEqual({step["name"][-1] for step in rounds if step["mandatory"]}, {"1"}, "the first round")
        cells = summary["cells"]
        self.assertEqual(len(cells), 5, "ns with two samples and with bf16, hs with two samples")
        self.assertEqual({round(row["times_against"], 6) for row in cells.values()}, {1.5})
        self.assertEqual({row["words_per_second"] for row in cells.values()}, {1.5e8}, "the second of three rounds")
        self.assertRegex(said, r"hs, sharing=tile sample=1e-3 epochs=60: .*times_against 1\.5")

        self.assertRegex(self.calls("FULL-W2V ")[1], "-sample 1e-3 -size 128 -window 3 ")
        beside_full = {cell: row["times_FULL-W2V"] for cell, row in cells.items() if "times_FULL-W2V" in row}
        self.assertEqual(beside_full, {"ns, sharing=tile sample=1e-4 epochs=60": 3.75,
                                       "ns, sharing=tile sample=1e-3 epochs=60": 3.75},
                         "its 2e7 words/s beside those of all of training, the second of three rounds")

    def test_stages_can_be_chosen(self):
        _, _, results = self.run_check("--stages", "sanitizers,correct")
        self.assertEqual(self.stages(results), ["start", "correct", "sanitizers"])
        status, said, _ = self.run_check("--stages", "fast,faster")
        self.assertEqual(status, 2)
        self.assertIn("argument --stages", said)

    def test_the_gpu_beside_the_cpu(self):
        _, _, results = self.run_check("--stages", "good,rest", quality=0.48)
        compared = {step["name"]: step["gpu_minus_cpu"] for step in results["steps"] if "gpu_minus_cpu" in step}
        self.assertEqual(list(compared["quality, GPU against CPU"]),
                         ["ns, d=100, sharing=tile", "ns, d=100, table-type=bf16", "hs, d=100, sharing=tile"])
        self.assertAlmostEqual(compared["quality, all rules"]["ns, d=100, sharing=window"]["spearman p"], -0.02)
        status, said, results = self.run_check("--stages", "good", quality=0.4)
        self.assertEqual((status, results["status"]), (1, "failed"))
        self.assertIn("the GPU is below the CPU: ns, d=100, sharing=tile: spearman p by 0.100", said)

    def test_what_there_was_no_time_for_has_not_passed(self):
        status, said, _ = self.run_check("--stages", "good", missed="hs")
        self.assertEqual(status, 1)
        self.assertIn("hs on both: there was no time for 6 trainings, the first of them hs\n", said)
        self.assertIn("these did not pass: hs on both", said)

    def test_what_fails_is_named_and_the_rest_goes_on(self):
        status, said, results = self.run_check("--stages", "correct,sanitizers",
                                               fails="gpu_tests --gtest_filter=SanitizedDraws")
        self.assertEqual(self.statuses(results)["compute-sanitizer, initcheck"], "pass")
        self.assertEqual((status, results["status"]), (1, "failed"))
        self.assertEqual([name for name, own in self.statuses(results).items() if own == "fail"], ["short tests"])
        self.assertIn("failed: Rules/Gpu.Fails/ns_1\n", said)

    def test_a_further_step_that_fails_is_a_failure_too(self):
        status, said, _ = self.run_check("--stages", "rest", fails="--dims 300")
        self.assertEqual(status, 1)
        self.assertIn("these did not pass: d=300; 3,000,000 words, d=300", said)

    def test_counters(self):
        _, _, results = self.run_check("--stages", "rest")
        counters = {step["name"]: step["counters"] for step in results["steps"] if "counters" in step}
        self.assertEqual(counters, {f"counters, {name}": {"Duration": "1.5 msecond"} for name in ("tile", "path")})
        self.assertIn("--clock-control none", self.calls("ncu .*--loss hs ")[0])
        (self.folder / "tools/ncu").unlink()
        (self.folder / "tools/compute-sanitizer").unlink()
        status, said, _ = self.run_check("--stages", "sanitizers,rest")
        self.assertEqual(status, 0)
        self.assertIn("counters, tile: there is no ncu", said)
        self.assertIn("compute-sanitizer, memcheck: there is no compute-sanitizer", said)

    def test_a_packed_text_is_unpacked_once(self):
        with lzma.open(self.folder / "text.xz", "wb") as packed:
            packed.write(b"a b")
        _, said, results = self.run_check("--stages", "good", text="text.xz")
        self.assertEqual(self.statuses(results)["unpack"], "pass", said)
        self.assertEqual({re.search("--input (\\S+)", line)[1][-5:] for line in self.calls(" bench ")}, {"/text"})

    def test_without_a_text(self):
        status, said, _ = self.run_check(text=None)
        self.assertEqual(status, 0, said)
        self.assertIn("ns on both: there is no --corpus", said)
        self.assertIn("speed of bench, round 1: there is no --corpus", said)

    def test_without_a_gpu_it_says_so(self):
        status, said, results = self.run_check(gpu=False)
        self.assertEqual((status, results["status"]), (1, "no GPU"))
        self.assertIn("no usable GPU: no driver", said)
        self.assertEqual(self.stages(results), ["start"])

    def test_the_short_list_names_tests_that_exist(self):
        source = "".join(path.read_text() for path in (ROOT / "tests/gpu").glob("*.cpp"))
        for pattern in gpu_check.SHORT_TESTS.split(":"):
            suite = re.sub("^Rules/|[*].*|[.].*", "", pattern)
            self.assertRegex(source, rf"TEST_[FP]\({suite}\w*, ", pattern)
        self.assertIn("TEST_F(GpuTraining, Many", source)
        rules = (ROOT / "tests/support/training_outcome.h").read_text()
        self.assertRegex(rules, r'(?s)kernel_rules\(\).*"ns", Sharing::tile.*"hs", Sharing::tile')


if __name__ == "__main__":
    unittest.main()
