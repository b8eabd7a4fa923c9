import contextlib
import io
import random
import time
import unittest

from usual.rounds import LEAST, measure, run_rounds
from usual.table import cells, duration, summarise
from usual.trees import sorting_again, with_heap, with_two_queues
from usual.zipf import zipf_counts

try:
    import numpy as np
    from usual.draws import chances, cumulative, draw_with_table
    from usual.steps import sampling_gradients, sampling_step, softmax_gradients, softmax_step
    from usual.tasks import Task, all_tasks, drawing, stepping
except ImportError:
    np = None

needs_numpy = unittest.skipUnless(np, "numpy is missing")


def codes(children):
    words = len(children) + 1
    of_nodes = [""] * (2 * words - 1)
    for node in reversed(range(words, 2 * words - 1)):
        for bit, child in zip("01", children[node - words]):
            of_nodes[child] = of_nodes[node] + bit
    return of_nodes[:words]


class TreesTest(unittest.TestCase):
    def test_the_textbook_tree(self):
        for build in (with_heap, sorting_again, with_two_queues):
            with self.subTest(build.__name__):
                lengths = [len(code) for code in codes(build([45, 13, 12, 16, 9, 5]))]
                self.assertEqual(lengths, [1, 3, 3, 3, 4, 4])

    def test_all_ways_cost_the_same_and_no_code_begins_another(self):
        draws = random.Random(1)
        for counts in ([3, 2], [1] * 37, zipf_counts(500), [draws.randrange(1, 50) for _ in range(300)],
                       [2 ** power for power in range(40)]):
            costs = set()
            for build in (with_heap, sorting_again, with_two_queues):
                with self.subTest(build.__name__, words=len(counts)):
                    found = codes(build(counts))
                    in_order = sorted(found)
                    self.assertFalse([code for code, after in zip(in_order, in_order[1:]) if after.startswith(code)])
                    self.assertEqual(sum(2 ** -len(code) for code in found), 1)  # no code could be added
                    costs.add(sum(count * len(code) for count, code in zip(counts, found)))
            self.assertEqual(len(costs), 1, costs)


@needs_numpy
class DrawsTest(unittest.TestCase):
    counts = [100, 50, 20, 5, 1]

    def test_chances(self):
        of_words = chances(self.counts, 0.75)
        self.assertAlmostEqual(of_words.sum(), 1)
        self.assertAlmostEqual(of_words[0] / of_words[4], 100 ** 0.75)

    def assert_drawn(self, draws):
        shares = np.bincount(draws, minlength=len(self.counts)) / len(draws)
        np.testing.assert_allclose(shares, chances(self.counts, 0.75), atol=0.005)  # some 4 standard deviations

    def test_the_table_draws_each_word_as_often_as_it_should(self):
        self.assert_drawn(draw_with_table(np.random.RandomState(1), cumulative(chances(self.counts, 0.75)), 200000))

    def test_what_is_measured_draws_the_same(self):
        common = {}
        for task in drawing(2000):
            draws = np.concatenate([task.call() for _ in range(500)])
            self.assertEqual(len(draws), 500 * 20)
            common[task.what] = np.mean(np.isin(draws, ["w0", "w1", "w2"] if draws.dtype.kind == "U" else [0, 1, 2]))
        expected = chances(zipf_counts(2000), 0.75)[:3].sum()
        for what, share in common.items():
            self.assertAlmostEqual(share, expected, delta=0.015, msg=what)


@needs_numpy
class StepsTest(unittest.TestCase):
    def setUp(self):
        draws = np.random.RandomState(1)
        self.inputs, self.outputs = draws.normal(size=(7, 4)), draws.normal(size=(7, 4))
        self.words = np.array([2, 5, 2])  # one twice, so that its steps must add up
        self.targets = np.array([1, 0, 1])
        self.candidates = np.array([[1, 3, 4], [0, 1, 1], [1, 6, 3]])

    def softmax_loss(self):
        scores = self.inputs[self.words] @ self.outputs.T
        return (np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(3), self.targets]).sum()

    def sampling_loss(self):
        scores = np.einsum("pd,pcd->pc", self.inputs[self.words], self.outputs[self.candidates])
        scores[:, 0] *= -1
        return np.log(1 + np.exp(scores)).sum()

    def finite_differences(self, loss, matrix, width=1e-6):
        gradient = np.zeros_like(matrix)
        for place in np.ndindex(matrix.shape):
            kept = matrix[place]
            matrix[place] = kept + width
            above = loss()
            matrix[place] = kept - width
            gradient[place] = (above - loss()) / (2 * width)
            matrix[place] = kept
        return gradient

    def assert_gradients(self, loss, of_inputs, of_outputs):
        np.testing.assert_allclose(of_inputs, self.finite_differences(loss, self.inputs), atol=1e-7)
        np.testing.assert_allclose(of_outputs, self.finite_differences(loss, self.outputs), atol=1e-7)

    def summed(self, gradients, rows):
        """By the row of the matrix."""
        matrix = np.zeros_like(self.inputs)
        np.add.at(matrix, rows, gradients)
        return matrix

    def assert_step(self, step, loss):
        """It goes down the gradient, by which both matrices are changed at once."""
        before = self.inputs.copy(), self.outputs.copy()
        expected = [matrix - 0.1 * self.finite_differences(loss, matrix) for matrix in (self.inputs, self.outputs)]
        step(0.1)
        np.testing.assert_allclose(self.inputs, expected[0], atol=1e-7)
        np.testing.assert_allclose(self.outputs, expected[1], atol=1e-7)
        self.assertFalse(np.array_equal(self.inputs, before[0]) or np.array_equal(self.outputs, before[1]))

    def test_full_softmax(self):
        of_rows, of_outputs = softmax_gradients(self.inputs, self.outputs, self.words, self.targets)
        self.assert_gradients(self.softmax_loss, self.summed(of_rows, self.words), of_outputs)
        self.assert_step(lambda rate: softmax_step(self.inputs, self.outputs, self.words, self.targets, rate),
                         self.softmax_loss)

    def test_negative_sampling(self):
        of_rows, of_candidates = sampling_gradients(self.inputs, self.outputs, self.words, self.candidates)
        self.assert_gradients(self.sampling_loss, self.summed(of_rows, self.words),
                              self.summed(of_candidates, self.candidates))
        self.assert_step(lambda rate: sampling_step(self.inputs, self.outputs, self.words, self.candidates, rate),
                         self.sampling_loss)


@needs_numpy
class TasksTest(unittest.TestCase):
    def test_steps_can_go_on_for_long(self):
        with np.errstate(all="raise", under="ignore"):
            for task in stepping(300):
                for _ in range(200):
                    task.call()

    def test_only_the_slowest_is_done_once(self):
        tasks = all_tasks()
        self.assertEqual([str(task) for task in tasks if task.once],
                         ["Huffman tree, sorting at every merge, 46,677 words"])
        self.assertEqual(len({str(task) for task in tasks}), len(tasks))

    def test_rounds_are_interleaved(self):
        order = []
        tasks = [Task(name, 10, lambda name=name: order.append(name) or time.sleep(LEAST), once=name == "c")
                 for name in "cab"]
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            runs = run_rounds(tasks, 2)
        self.assertEqual("".join(order), "ababc")
        self.assertEqual([(run["what"], run["round"]) for run in runs],
                         [("a", 1), ("b", 1), ("a", 2), ("b", 2), ("c", 1)])
        self.assertIn("5 of 5, round 1: c, 10 words (takes minutes): ", printed.getvalue())


class MeasuringTest(unittest.TestCase):
    def test_a_short_call_is_repeated(self):
        calls = []
        run = measure(lambda: calls.append(1))
        self.assertEqual(run["calls"], len(calls))
        self.assertGreater(run["calls"], 1)
        self.assertGreaterEqual(run["seconds"] * run["calls"], LEAST * 0.999)
        self.assertGreater(run["cpu_seconds"], 0)

    def test_spread(self):
        rows = summarise([{"what": "a", "words": 2000, "seconds": seconds} for seconds in (3.0, 1.0, 20.0)]
                         + [{"what": "a", "words": 1, "seconds": 0.00125}])
        self.assertEqual(cells(rows), [["what", "words", "runs", "min", "median", "max"],
                                       ["a", "2,000", "3", "1.00 s", "3.00 s", "20.0 s"],
                                       ["a", "1", "1", "1.25 ms", "1.25 ms", "1.25 ms"]])

    def test_durations(self):
        self.assertEqual([duration(seconds) for seconds in (96.94, 0.1234, 12.3e-6)], ["96.9 s", "123.4 ms", "12.3 us"])


if __name__ == "__main__":
    unittest.main()
