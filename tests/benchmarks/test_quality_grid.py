import contextlib
import io
import json
import lzma
import math
import os
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from collections import Counter

import measure
from grid.results import DEFAULT, Results, flagged, last_line, noises, run_rounds, summarise, table_of
from grid.runs import BASE, LARGEST_NORM, MEAN_LOSS, largest_norm, name_of, plan, read_vectors
from grid.texts import head_of, planted_partition, read_folder, with_runs

MEN, F1 = "spearman men.tsv", "micro F1"
RULES = ["tile", "window", "pair"]
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pretended_warp2vec")


def cell_with(text="text", **settings):
    return {"text": text, "settings": {**BASE, **settings}}


CELL = cell_with()


def run(rule, seed=1, quality=0.5, loss=2.0, norm=3.0, speed=1e6, cell=CELL, measure=MEN):
    return {**cell, "rule": rule, "seed": seed, "failed": None, "words_per_second": speed, "seconds": 1.0,
            "chosen": "tile" if rule == DEFAULT else rule, "figures": {measure: quality, MEAN_LOSS: loss, LARGEST_NORM: norm}}


def failed(rule, seed=1, cell=CELL):
    return {**cell, "rule": rule, "seed": seed, "failed": "it printed\nwarp2vec: out of memory"}


def pairs(noise=0.0, cell=CELL):
    """Three runs of the reference, whose quality has this standard deviation."""
    return [run("pair", seed, 0.5 + noise * (seed - 2), cell=cell) for seed in (1, 2, 3)]


class CellsTest(unittest.TestCase):
    def test_each_setting_is_varied_alone_and_in_corners(self):
        settings = [cell["settings"] for cell in plan(["text"])]
        self.assertEqual(settings[0], BASE)
        self.assertEqual(len(set(map(name_of, plan(["text"])))), len(settings))
        for key, least, most in (("window", 2, 100), ("negative", 1, 64), ("lr", 0.01, 0.2), ("sample", 0, 1e-3)):
            values = [one[key] for one in settings]
            self.assertEqual((min(values), max(values)), (least, most))
        self.assertEqual({one["loss"] for one in settings}, {"ns", "hs", "ns+hs"})
        for corner in ({"window": 10, "negative": 10, "sample": 1e-4}, {"window": 8, "negative": 25, "sample": 1e-4},
                       {"window": 15}, {"window": 20, "negative": 20}, {"window": 50}, {"lr": 0.1},
                       {"window": 10, "negative": 20}, {"lr": 0.05, "window": 10, "negative": 10}, {"sample": 0}):
            self.assertIn({**BASE, **corner}, settings)

    def test_all_texts_have_all_settings_unless_some_are_asked_for(self):
        self.assertEqual(len(plan(["text", "walks"])), 2 * len(plan(["text"])))
        chosen = plan(["text", "walks"], re.compile("walks.*window 5.*lr 0.1,"))
        self.assertEqual(list(map(name_of, chosen)), ["walks: ns, window 5, negative 5, lr 0.1, sample 0.001",
                                                  "walks: hs, window 5, lr 0.1, sample 0.001"])


class TextsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def test_the_head_ends_with_a_word(self):
        plain = self.write("plain", b"one two three")
        packed = self.write("packed.xz", lzma.compress(b"one two three"))
        for path in (plain, packed):
            self.assertEqual(head_of(path, 10), b"one two ")
            self.assertEqual(head_of(path, 8), b"one two ")
            self.assertEqual(head_of(path, 13), b"one two three")

    def test_lines_and_long_lines_that_repeat_a_word(self):
        words = [b"w%d" % (number % 700) for number in range(49 * 20 * 100)]
        lines = [line.split() for line in with_runs(b" ".join(words)).splitlines()]
        kinds = Counter((len(line), len(set(line)) == 1) for line in lines)
        self.assertEqual(kinds, {(20, False): 4900, (40, True): 100, (1000, True): 10})
        short = [line for line in lines if len(line) != 1000]
        self.assertEqual({len(line) for line in short[49::50]}, {40})
        self.assertEqual([word for line in lines if len(line) == 20 for word in line], words)
        for length in (40, 1000):
            self.assertEqual(len({line[0] for line in lines if len(line) == length}), 4)  # two of the five are the same

    def test_a_short_text_has_runs_too(self):
        self.assertIn(b" ".join([b"b"] * 1000), with_runs(b"a a b " * 30))
        self.assertEqual([len(line.split()) for line in with_runs(b"a b " * 150).splitlines()].count(1000), 10)

    def test_vectors(self):
        path = self.write("vectors", b"2 2\na " + struct.pack("2f", 3, 4) + b"\nb " + struct.pack("2f", 1, 1) + b"\n")
        vectors = read_vectors(path)
        self.assertEqual({word: list(vector) for word, vector in vectors.items()}, {"a": [3, 4], "b": [1, 1]})
        self.assertEqual(largest_norm(vectors), 5)
        for broken in (math.inf, math.nan):
            vectors["b"][0] = broken
            self.assertEqual(largest_norm(vectors), math.inf)

    def test_graphs_of_a_folder(self):
        self.write("a.edgelist", b"0 1\n1 0 2.5\n2 2\n1 3\n")
        self.write("a.labels", b"node label\n0 x\n1 x y\n2 z\n")
        self.write("b.adjlist.xz", lzma.compress(b"0 1 2\n2 3\n"))
        self.write("b.labels", b"0 x\n")
        self.write("large.edgelist", b"0 1\n")
        self.write("large.labels", b"".join(b"%d x\n" % node for node in range(6)))
        self.write("unlabelled.edgelist", b"0 1\n")
        graphs, larger = read_folder(self.folder, 5)
        self.assertEqual([(graph.name, os.path.basename(graph.edges), graph.labels) for graph in graphs],
                         [("a", "a.edgelist", {"node": ("label",), "0": ("x",), "1": ("x", "y"), "2": ("z",)}),
                          ("b", "b.adjlist.xz", {"0": ("x",)})])
        self.assertEqual([graph.flags(2, 9)[0] for graph in graphs], ["--num-walks", "--adjacency"])
        self.assertEqual(larger, ["large"])
        self.assertEqual([graph.name for graph in read_folder(self.folder)[0]], ["a", "b", "large"])

    def test_a_made_graph_is_denser_within_its_groups(self):
        planted_partition(self.folder)
        (graph,), _ = read_folder(self.folder)
        with open(graph.edges) as lines:
            edges = list(map(str.split, lines))
        self.assertEqual({node for node, _ in edges}, set(graph.labels))
        within = [graph.labels[one] == graph.labels[other] for one, other in edges]
        self.assertGreater(sum(within) / len(within), 0.35)
        self.assertLess(sum(within) / len(within), 0.55)


class FlagsTest(unittest.TestCase):
    def flags(self, runs, errors=2):
        row, = summarise(runs, RULES, errors)
        return row["flags"]

    def test_an_equal_rule_is_not_flagged(self):
        self.assertEqual(self.flags(pairs() + [run("tile", seed) for seed in (1, 2, 3)]), {})

    def test_a_better_rule_is_not_flagged(self):
        self.assertEqual(self.flags(pairs() + [run("tile", seed, 0.9, 1.0, 1.0) for seed in (1, 2, 3)]), {})

    def test_a_worse_rule_is_flagged(self):
        runs = pairs(0.01) + [run(rule, seed, quality) for rule, quality in (("tile", 0.45), ("window", 0.49))
                              for seed in (1, 2, 3)]
        self.assertEqual(self.flags(runs), {"tile": [MEN]})

    def test_within_the_noise_it_is_not_flagged(self):
        for noise, flags in ((0.02, {"tile": [MEN]}), (0.1, {})):  # 2 standard errors are 1.63 deviations
            self.assertEqual(self.flags(pairs(noise) + [run("tile", seed, 0.45) for seed in (1, 2, 3)]), flags)
        self.assertEqual(self.flags(pairs(0.02) + [run("tile", seed, 0.45) for seed in (1, 2, 3)], errors=4), {})

    def test_less_than_the_floor_is_not_flagged(self):
        self.assertEqual(self.flags([run("pair"), run("tile", quality=0.485)]), {})
        self.assertEqual(self.flags([run("pair", measure=F1), run("tile", quality=0.485, measure=F1)]), {"tile": [F1]})

    def test_the_noise_is_pooled_over_the_cells_of_a_text(self):
        other, elsewhere = cell_with(window=2), cell_with("walks")
        runs = pairs(0.01) + pairs(0.03, other) + pairs(0.2, elsewhere)
        self.assertAlmostEqual(noises(runs)["text", MEN], math.sqrt((0.01 ** 2 + 0.03 ** 2) / 2))
        self.assertAlmostEqual(noises(runs)["walks", MEN], 0.2)
        self.assertEqual(noises([run("pair"), run("tile", 1), run("tile", 2, 0.1)])["text", MEN], 0)

    def test_loss_and_norm(self):
        runs = pairs()
        self.assertEqual(self.flags(runs + [run("tile", loss=2.1, norm=4.4)]), {})
        self.assertEqual(self.flags(runs + [run("tile", loss=2.3)]), {"tile": [MEAN_LOSS]})
        self.assertEqual(self.flags(runs + [run("tile", norm=4.6)]), {"tile": [LARGEST_NORM]})
        self.assertEqual(self.flags(runs + [run("tile", 1), run("tile", 2, norm=4.6)]), {"tile": [LARGEST_NORM]})

    def test_what_is_not_finite_is_flagged(self):
        self.assertEqual(self.flags(pairs() + [run("tile", quality=None, loss=None, norm=None)]),
                         {"tile": ["mean loss not finite", "largest norm not finite", MEN]})
        self.assertEqual(self.flags([run("pair", loss=None), run("tile")]), {"pair": ["mean loss not finite"]})

    def test_a_failure_is_flagged(self):
        self.assertEqual(self.flags(pairs() + [failed("tile")]), {"tile": ["failed"]})
        self.assertEqual(self.flags(pairs() + [failed("tile", 1), run("tile", 2)]), {"tile": ["failed"]})
        self.assertEqual(self.flags([failed("pair"), run("tile")]), {"pair": ["failed"]})

    def test_pairs_of_which_no_word_is_known_say_nothing(self):
        self.assertEqual(self.flags([run("pair", quality=None), run("tile", quality=None)]), {})

    def test_speed_is_compared_within_a_seed(self):
        row, = summarise([run("pair", 1, speed=1.0), run("pair", 2, speed=4.0), run("tile", 1, speed=3.0),
                          run("tile", 2, speed=20.0), failed("window")], RULES, 2)
        self.assertEqual(row["times_as_fast"], {"tile": 4.0, "window": None})


class TableTest(unittest.TestCase):
    def test_a_row_for_each_cell(self):
        tiles = [run("tile", seed, 0.4, 1234.5, 9.0, 5e6) for seed in (1, 2, 3)]
        rows = summarise([*pairs(), *tiles, failed("window")], RULES, 2)
        self.assertEqual(table_of(rows, RULES), [
            ["objective", "window", "negative", "lr", "sample", "seeds", "men", MEAN_LOSS, LARGEST_NORM,
             "times pair's speed", "worse"],
            ["ns", "5", "5", "0.025", "0.001", "1", "0.400 / - / 0.500", "1.2e+03 / - / 2.000", "9.0 / - / 3.0",
             "5.0 / -", "tile: men, mean loss, largest norm; window: failed"]])

    def test_it_says_what_the_default_rule_is(self):
        rules = [DEFAULT, *RULES]
        header, with_runs, without = table_of(
            summarise([*pairs(), run(DEFAULT), failed(DEFAULT, cell=cell_with("walks"))], rules, 2), rules)
        self.assertEqual((header[6], with_runs[6], without[6]), ("auto is", "tile", "-"))


class ResultsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.asked = []
        self.cells = [CELL, cell_with("walks", loss="hs")]

    def results(self, dim=100, rules=RULES, **texts):
        facts = {"machine": {"cpu": "A CPU", "cores": 2, "system": "A system"}, "commit": "abc", "date": "2026-01-01",
                 "program": "warp2vec 1"}
        about = {"text": {"words": 5, "sha256": "1"}, "walks": {"words": 6, "sha256": "2"}}
        return Results(self.folder, facts, {"dim": dim, "device": "cpu", "threads": 2}, {**about, **texts}, rules, 2)

    def measure(self, cell, rule, seed):
        self.asked.append((cell, rule, seed))
        if cell["text"] == "text":
            return run(rule, seed, cell=cell)
        return run(rule, seed, 0.3 if rule == "tile" else 0.5, cell=cell, measure=F1)

    def rounds(self, seeds=2, results=None):
        results = results or self.results()
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            run_rounds(self.cells, seeds, results, self.measure)
            flagged = results.finish()
        return printed.getvalue(), flagged

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as text:
            return text.read()

    def test_seed_by_seed(self):
        printed, flagged = self.rounds()
        self.assertEqual(self.asked, [(cell, rule, seed) for seed in (1, 2) for cell in self.cells for rule in RULES])
        self.assertIn("4 of 12, seed 1: walks: hs, window 5, lr 0.025, sample 0.001: tile: F1 0.300, mean loss 2.000, "
                      "largest norm 3.0, 1.00 M words/s", printed)
        self.assertTrue(printed.endswith("Flagged of 2 cells: tile in 1, window in 0, pair in 0.\n"))
        self.assertEqual(flagged, 1)

    def test_what_the_default_rule_chose_is_not_trained_again(self):
        results = self.results(rules=[DEFAULT, *RULES])
        with contextlib.redirect_stdout(io.StringIO()):
            run_rounds([CELL], 1, results, self.measure)
        self.assertEqual([rule for _, rule, _ in self.asked], [DEFAULT, "window", "pair"])
        self.assertEqual(results.runs[1], {**results.runs[0], "rule": "tile"})

    def test_files(self):
        self.rounds()
        written = self.read("table.md")
        for part in ("A CPU, 2 cores", "commit abc", "dim 100, device cpu, 2 threads", "## text\n", "## walks\n",
                     "| hs | 5 | - | 0.025 | 0.001 | 2 | 0.300 / 0.500 / 0.500 |", "| tile: F1 |", "walks: words 6\n"):
            self.assertIn(part, written)
        self.assertEqual(written.splitlines()[-1], "Flagged of 2 cells: tile in 1, window in 0, pair in 0.")
        results = json.loads(self.read("results.json"))
        self.assertEqual((len(results["runs"]), results["commit"], results["machine"]["cores"]), (12, "abc", 2))
        self.assertEqual([row["flags"] for row in results["summary"]], [{}, {"tile": [F1]}])

    def test_tables_are_in_the_order_of_the_texts(self):
        self.cells.reverse()
        self.rounds(seeds=1)
        written = self.read("table.md")
        self.assertLess(written.index("## text\n"), written.index("## walks\n"))

    def test_what_an_earlier_start_measured_is_not_measured_again(self):
        self.rounds(seeds=1)
        self.asked = []
        self.rounds(seeds=2)
        self.assertEqual(self.asked, [(cell, rule, 2) for cell in self.cells for rule in RULES])
        self.assertEqual(self.rounds(seeds=2)[1], 1)
        self.assertEqual(len(self.asked), 6)

    def test_what_was_measured_is_saved_when_it_is_stopped(self):
        results = self.results()
        with self.assertRaises(KeyboardInterrupt), contextlib.redirect_stdout(io.StringIO()):
            def stopped(cell, rule, seed):
                if rule == "pair":
                    raise KeyboardInterrupt
                return self.measure(cell, rule, seed)
            run_rounds(self.cells, 1, results, stopped)
        self.asked = []
        self.rounds(seeds=1)
        self.assertEqual(self.asked[0], (CELL, "pair", 1))

    def test_other_conditions_are_no_earlier_start(self):
        self.rounds(seeds=1)
        with self.assertRaisesRegex(SystemExit, r"other conditions \(dim\)"):
            self.results(dim=50)
        with self.assertRaisesRegex(SystemExit, r"other conditions \(walks\)"):
            self.results(walks={"words": 7, "sha256": "3"})

    def test_a_further_text_is_gone_on_with(self):
        self.rounds(seeds=1)
        results = self.results(more={"words": 7, "sha256": "3"})
        self.assertEqual(len(results.runs), 6)
        self.assertEqual(list(results.facts["texts"]), ["text", "walks", "more"])

    def test_a_failure_is_named(self):
        self.measure = lambda cell, rule, seed: failed(rule, seed, cell)
        printed, flagged = self.rounds(seeds=1)
        self.assertEqual(flagged, 2)
        self.assertIn("FAILED: it printed", printed)
        self.assertIn(f"- {name_of(CELL)}: tile failed: warp2vec: out of memory\n", self.read("table.md"))

    def test_where_the_default_rule_is_trained_it_alone_decides(self):
        rules = ["auto", *RULES]
        for worse, count in (("tile", 0), ("auto", 1)):
            runs = pairs() + [run(rule, quality=0.3 if rule == worse else 0.5) for rule in rules]
            rows = summarise(runs, rules, 2)
            self.assertEqual(flagged(rows, [DEFAULT]), count)
            self.assertEqual(last_line(rows, rules), f"Flagged of 1 cells: auto in {count}, tile in {1 - count}, "
                             "window in 0, pair in 0.")
            with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
                results = Results(folder, self.results().facts, {"dim": 100, "device": "cpu", "threads": 2}, {"text": {}},
                                  rules, 2)
                results.runs = runs
                self.assertEqual(results.finish(), count)


class CommandTest(unittest.TestCase):
    """The whole command with a pretended program."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for name in ("corpus.txt", "men.tsv"):
            with open(self.path(name), "w") as text:
                text.write("a b 1\n" * 100)
        open(self.path("log"), "w").close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def grid(self, seeds, **environment):
        """Exit status, what was printed, and how many trainings there have been so far."""
        command = [sys.executable, "-B", measure.ROOT / "benchmarks/quality_grid.py", "--program", PROGRAM,
                   "--output", self.path("out"), "--text", self.path("corpus.txt"), "--pairs", self.path("men.tsv"),
                   "--sharings", "tile,pair", "--seeds", str(seeds), "--only", "text: ns, window 2,"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "PRETENDED_LOG": self.path("log"), **environment})
        with open(self.path("log")) as log:
            return done.returncode, done.stdout, len(log.readlines())

    def test_it_goes_on_and_its_status_tells_whether_a_rule_is_worse(self):
        status, printed, trainings = self.grid(1)
        self.assertEqual((status, trainings), (0, 2), printed)
        with open(self.path("log")) as log:
            command = log.readline()
        for flags in ("--min-count 5 --epochs 3 --seed 1 --sharing tile", "--dim 100 --device cpu --threads 2",
                      "--loss ns --window 2 --negative 5 --lr 0.025 --sample 0.001"):
            self.assertIn(flags, command)
        self.assertIn("2 of 2, seed 1: text: ns, window 2, negative 5, lr 0.025, sample 0.001: pair: men 0.500, "
                      "mean loss 1.000, largest norm 0.0, 1.00 M words/s\n", printed)
        self.assertIn("Flagged of 1 cells: tile in 0, pair in 0.\n", printed)
        status, printed, trainings = self.grid(2, PRETENDED_FAILURE="--sharing tile")
        self.assertEqual((status, trainings), (1, 4), printed)
        self.assertIn("Flagged of 1 cells: tile in 1, pair in 0.\n", printed)


if __name__ == "__main__":
    unittest.main()
