import unittest

from peers.report import median, summarise
from sample_runs import run, two_programs


class SummaryTest(unittest.TestCase):
    def test_medians_and_ratios(self):
        warp2vec, other = summarise(two_programs(), 1000, "warp2vec")
        self.assertEqual((warp2vec["program"], warp2vec["threads"], warp2vec["runs"]), ("warp2vec", 2, 3))
        self.assertEqual(warp2vec["words_per_second"], 500)
        self.assertEqual(warp2vec["words_per_second_of_runs"], [1000, 500, 250])
        self.assertEqual(warp2vec["times_the_seconds_of_warp2vec"], {"training": 1, "together": 1})
        self.assertEqual(other["times_the_seconds_of_warp2vec"], {"training": 10, "together": 22 / 4})
        self.assertEqual(other["seconds"]["training"], 20)
        self.assertEqual(other["peak_memory_bytes"], 5000000)
        self.assertAlmostEqual(other["quality"]["spearman men.tsv"], 0.7)

    def test_a_ratio_is_of_the_same_round(self):
        trainings = {"warp2vec": (1.0, 2.0, 10.0), "other": (2.0, 20.0, 30.0)}
        runs = [run(name, 1, number, trainings[name][number]) for number in range(3) for name in trainings]
        self.assertEqual(summarise(runs, 1000, "warp2vec")[1]["times_the_seconds_of_warp2vec"]["training"], 3)

    def test_numbers_of_threads_stay_apart(self):
        runs = [run(name, threads, 1, seconds / threads) for threads in (1, 2)
                for name, seconds in (("warp2vec", 1.0), ("other", 6.0))]
        rows = summarise(runs, 1000, "warp2vec")
        self.assertEqual([(row["program"], row["threads"]) for row in rows],
                         [("warp2vec", 1), ("other", 1), ("warp2vec", 2), ("other", 2)])
        self.assertEqual(rows[3]["times_the_seconds_of_warp2vec"]["training"], 6)

    def test_the_median_leaves_out_what_is_not_there(self):
        self.assertEqual(median([None, 1.0, 3.0]), 2.0)
        self.assertIsNone(median([None, None]))


if __name__ == "__main__":
    unittest.main()
