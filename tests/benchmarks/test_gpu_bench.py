"""The whole command with a pretended program."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

import gpu

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pretended_warp2vec")
H100 = "NVIDIA H100 80GB HBM3"


class GpuBenchTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.log = os.path.join(self.folder, "log")
        with open(self.path("corpus.txt"), "w") as text:
            text.write("a b a a\n" * 10)
        with open(self.path("men.tsv"), "w") as pairs:
            pairs.write("a b 1\n")

    def path(self, name):
        return os.path.join(self.folder, name)

    def bench(self, *arguments, **environment):
        """Exit status and what was printed."""
        command = [sys.executable, "-B", os.path.dirname(gpu.__file__), "--program", PROGRAM, "--output",
                   self.path("out"), "--corpus", self.path("corpus.txt"), "--dims", "100", "--samples", "1e-4",
                   "--vocabularies", "500", "--words", "4000", "--cpu-words", "80", "--rounds", "2", *arguments]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "PRETENDED_LOG": self.log, **environment})
        return done.returncode, done.stdout

    def commands(self):
        with open(self.log) as log:
            return log.read().splitlines()

    def read(self, name):
        with open(os.path.join(self.path("out"), name), encoding="utf-8") as text:
            return text.read()

    def test_a_gpu_beside_the_cpu(self):
        status, printed = self.bench("--rules", "tile", "tile-bf16", "--pairs", self.path("men.tsv"),
                                     PRETENDED_GPU=H100)
        self.assertEqual(status, 0, printed)
        commands = self.commands()
        self.assertEqual(len(commands), 2 * (3 + 3 + 3))
        self.assertIn("--sharing tile --table-type bf16", commands[2])
        for words in ("--device cuda", "--epochs 100", "--seed 1", "--min-count 5"):
            self.assertIn(words, commands[0])
        self.assertIn("--epochs 5", commands[1])  # for quality
        self.assertIn("--device cpu --dim 100 --sample 0.0001 --epochs 2", commands[4])
        results = json.loads(self.read("results.json"))
        self.assertEqual((results["status"], results["bandwidth"], len(results["runs"])), ("finished", 3.35e12, 18))
        self.assertAlmostEqual(results["summary"][0]["figures"]["training_words_per_second"]["median"], 1.5e8)
        self.assertIn("| corpus | 100 | 0.0001 | tile-bf16 | cuda | 2 | 150 | 75.0 |", self.read("table.md"))
        self.assertIn("| 500 words | 100 | 0.0001 | tile | cpu | 2 | 1.00 |", self.read("table.md"))
        self.assertIn("| corpus | 100 | 0.0001 | tile | cpu | 2 | 0.500 |", self.read("table.md"))
        self.assertIn("Words a second by vocabulary", self.read("chart.svg"))
        self.assertEqual(sorted(os.listdir(self.path("out"))), ["chart.svg", "results.json", "table.md"])

    def test_hierarchical_softmax_beside_the_same_on_the_cpu(self):
        status, printed = self.bench("--rules", "hs", PRETENDED_GPU=H100)
        self.assertEqual(status, 0, printed)
        self.assertEqual([command.split("--loss ")[1] for command in self.commands()], ["hs"] * 8)
        self.assertEqual(len([command for command in self.commands() if "--device cpu" in command]), 4)
        # (74 + 64) / 64 + 7 * 1.25 rows of 112 values, both ways
        self.assertRegex(self.read("table.md"), r"\| hs \| cuda \| 2 \| 150 \| 75\.0 \|.*\| 9,184 \|")

    def test_no_gpu(self):
        status, printed = self.bench("--rules", "tile")
        self.assertEqual(status, 0, printed)
        self.assertTrue(all("--device cpu" in command for command in self.commands()))
        self.assertIn("GPU figures are not measured (no usable GPU: no NVIDIA driver was found)", self.read("table.md"))
        for devices in ("cuda", "cuda,cpu"):
            status, printed = self.bench("--devices", devices)
            self.assertEqual((status, printed), (1, "gpu_bench: no usable GPU: no NVIDIA driver was found\n"))

    def test_only_the_cpu_of_a_machine_with_a_gpu(self):
        self.assertEqual(self.bench("--rules", "tile", "--devices", "cpu", PRETENDED_GPU=H100)[0], 0)
        self.assertTrue(all("--device cpu" in command for command in self.commands()))
        self.assertIn("GPU figures are not measured (--devices cpu)", self.read("table.md"))

    def test_a_gpu_of_unknown_memory(self):
        self.assertEqual(self.bench("--rules", "tile", "--devices", "cuda", PRETENDED_GPU="A GPU")[0], 0)
        self.assertIn("bandwidth of this GPU is not known", self.read("table.md"))
        self.assertIsNone(json.loads(self.read("results.json"))["bandwidth"])

    def test_it_goes_on_where_it_stopped(self):
        arguments = ("--rules", "tile", "--devices", "cpu")
        status, printed = self.bench(*arguments, PRETENDED_FAILURE="zipf")
        self.assertEqual(status, 1, printed)
        self.assertIn("Failed: speed, 500 words, d=100, sample 0.0001, tile, cpu: warp2vec: out of memory",
                      self.read("table.md"))
        self.assertEqual(json.loads(self.read("results.json"))["status"], "unfinished")
        self.assertEqual(os.listdir(os.path.join(self.path("out"), "scratch")).count("zipf-500.txt"), 1)
        before = len(self.commands())
        status, printed = self.bench(*arguments)
        self.assertEqual(status, 0, printed)
        self.assertEqual(len(self.commands()), before + 2)
        self.assertNotIn("Failed", self.read("table.md"))
        self.assertFalse(os.path.exists(os.path.join(self.path("out"), "scratch")))
        status, printed = self.bench(*arguments, "--cpu-words", "100")
        self.assertEqual(status, 1)
        self.assertIn("other conditions (words)", printed)

    def test_out_of_time(self):
        status, printed = self.bench("--rules", "tile", "--budget", "0")
        self.assertEqual(status, 0, printed)
        self.assertFalse(os.path.exists(self.log))
        self.assertIn("Out of time, not measured: speed, corpus, d=100, sample 0.0001, tile, cpu; speed, 500 words",
                      self.read("table.md"))


if __name__ == "__main__":
    unittest.main()
