import io
import unittest

from peers.sentences import cut_long_lines


def cut(text, longest, block):
    target = io.BytesIO()
    counts = cut_long_lines(io.BytesIO(text), target, longest, block)
    return target.getvalue(), counts


class SentencesTest(unittest.TestCase):
    def test_any_block_gives_the_same(self):
        text = b" a named a\tplural\naes is  the first letter\n\nand vowel\r\nin the iso basic latin alphabet"
        expected = (b"a named a\nplural\naes is the\nfirst letter\n\nand vowel\nin the iso\nbasic latin alphabet\n",
                    (17, 8))
        for block in range(1, len(text) + 2):
            self.assertEqual(cut(text, 3, block), expected, block)

    def test_lines_that_just_fit_stay(self):
        self.assertEqual(cut(b"a b c\nd e f\n", 3, 100), (b"a b c\nd e f\n", (6, 2)))

    def test_one_line_without_an_end(self):
        written, counts = cut(b"w " * 2500, 1000, 333)
        self.assertEqual([len(line.split()) for line in written.splitlines()], [1000, 1000, 500])
        self.assertEqual(counts, (2500, 3))

    def test_nothing(self):
        self.assertEqual(cut(b"", 3, 100), (b"", (0, 0)))


if __name__ == "__main__":
    unittest.main()
