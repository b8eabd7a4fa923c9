import json
import os
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))

# Answers as warp2vec does; the quality of the CPU is 0.5, that of the GPU what QUALITY says. MISSED: a loss that there is
# no time for.
PROGRAM = r'''#!/usr/bin/env python3
import json, os, sys
words = sys.argv[1:]
if words == ["info", "--devices"]:
    print("cuda:0  Pretended GPU, compute capability 9.0" if os.environ.get("QUALITY") else "no driver")
elif words == ["info"]:
    print("warp2vec 1")
else:
    flags = dict(zip(words[1:], words[2:]))
    path = os.path.join(flags["--output"], "results.json")
    os.makedirs(flags["--output"], exist_ok=True)
    results = {}
    if os.path.exists(path):
        with open(path) as text:
            results = json.load(text)
    part = results.setdefault("synthetic" if "--synthetic" in words else "trainings", {"runs": []})
    part.pop("not_measured", None)
    for variant in flags.get("--variants", "").split(","):
        cell = {"device": flags["--devices"], "loss": flags["--losses"], "dim": int(flags.get("--dims", 100))}
        if variant:
            cell["variant"] = variant
        if os.environ.get("MISSED") == cell["loss"]:
            part["not_measured"] = [cell["loss"]]
        else:
            quality = float(os.environ["QUALITY"]) if cell["device"] == "cuda" else 0.5
            part["runs"].append({"cell": cell, "round": 1, "quality": {"spearman p": quality}})
    with open(path, "w") as text:
        json.dump(results, text)
'''
TESTS = r'''#!/usr/bin/env python3
import json, sys
for word in sys.argv[1:]:
    if word.startswith("--gtest_output=json:"):
        with open(word.split(":", 1)[1], "w") as report:
            json.dump({"testsuites": [{"name": "Gpu", "testsuite": [{"name": "Works"}]}]}, report)
'''


class GpuCheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name, text in (("warp2vec", PROGRAM), ("gpu_tests", TESTS), ("text", "a b"), ("p", "a\tb\t1")):
            with open(self.path(name), "w") as out:
                out.write(text)
            os.chmod(self.path(name), 0o755)

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_check(self, **environment):
        """The exit status, what it said, and the results."""
        done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "scripts", "gpu_check.py"),
                               "--bundle", self.folder, "--output", self.path("out"), "--budget", "100",
                               "--corpus", self.path("text"), "--pairs", self.path("p")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, **environment, "PATH": "/usr/bin:/bin"})
        with open(self.path("out/results.json")) as results:
            return done.returncode, done.stdout, json.load(results)

    def test_all_is_measured_and_compared(self):
        status, said, results = self.run_check(QUALITY="0.48")
        self.assertEqual((status, results["status"]), (0, "passed"), said)
        self.assertEqual({step["name"]: step["status"] for step in results["steps"]}["3,000,000 words on the GPU, d=300"],
                         "pass")
        compared = results["steps"][-1]["gpu_minus_cpu"]
        self.assertAlmostEqual(compared["ns, d=100, table-type=bf16"]["spearman p"], -0.02)
        self.assertEqual(len([row for row in compared.values() if row]), 5, "four rules of ns, and hs")
        self.assertIn("hs, d=100, sharing=tile", compared)

    def test_a_gpu_that_learns_less_fails(self):
        status, said, results = self.run_check(QUALITY="0.4")
        self.assertEqual((status, results["status"]), (1, "failed"))
        self.assertIn("the GPU is below the CPU: ns, d=100, sharing=tile: spearman p by 0.100", said)

    def test_what_there_was_no_time_for_has_not_passed(self):
        status, said, _ = self.run_check(QUALITY="0.5", MISSED="hs")
        self.assertEqual(status, 1)
        self.assertIn("these did not pass: hs on the GPU", said)

    def test_without_a_gpu_it_says_so(self):
        status, said, results = self.run_check()
        self.assertEqual((status, results["status"]), (1, "no GPU"))
        self.assertIn("no usable GPU: no driver", said)


if __name__ == "__main__":
    unittest.main()
