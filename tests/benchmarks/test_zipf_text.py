import os
import tempfile
import unittest
from collections import Counter

from measure.zipf_text import TOKENS_PER_WORD, most_bytes, write_zipf_text


class ZipfTextTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.path = os.path.join(folder.name, "text.txt")

    def test_each_word_occurs_and_the_common_ones_as_zipf_says(self):
        words = 300000  # more than are written at a time
        self.assertTrue(write_zipf_text(self.path, words, lambda: False))
        with open(self.path) as text:
            counts = Counter(text.read().split())
        self.assertEqual(set(counts), {f"w{rank}" for rank in range(words)})
        self.assertEqual(sum(counts.values()), TOKENS_PER_WORD * words)
        self.assertAlmostEqual(counts["w1"] / counts["w3"], 2.41, delta=0.1)  # log(2 / 1) / log(4 / 3)
        self.assertTrue(0.6 < os.path.getsize(self.path) / most_bytes(words) <= 1)

    def test_its_beginning_is_like_its_end(self):
        write_zipf_text(self.path, 3000, lambda: False)
        with open(self.path) as text:
            tokens = text.read().split()
        third = len(tokens) // 3
        begin, end = tokens[:third].count("w1"), tokens[-third:].count("w1")
        self.assertTrue(0.8 < begin / end < 1.25, (begin, end))

    def test_out_of_time(self):
        self.assertFalse(write_zipf_text(self.path, 100, lambda: True))
        self.assertFalse(os.path.exists(self.path))


if __name__ == "__main__":
    unittest.main()
