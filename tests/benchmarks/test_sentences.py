import io
import mmap
import tempfile
import unittest

from compare_peers import cut_long_lines


def cut(text, longest):
    target = io.BytesIO()
    counts = cut_long_lines(text, target, longest)
    return target.getvalue(), counts


class SentencesTest(unittest.TestCase):
    def test_words_and_lines(self):
        text = b" a named a\tplural\naes is  the first letter\n\nand vowel\r\nin the iso basic latin alphabet"
        expected = (b"a named a\nplural\naes is the\nfirst letter\n\nand vowel\nin the iso\nbasic latin alphabet\n",
                    (17, 8))
        self.assertEqual(cut(text, 3), expected)
        self.assertEqual(cut(text + b"\n", 3), expected)
        self.assertEqual(cut(text + b" \t", 3), expected)

    def test_a_mapped_file(self):
        with tempfile.TemporaryFile() as corpus:
            corpus.write(b"w " * 1001)
            corpus.flush()
            with mmap.mmap(corpus.fileno(), 0, access=mmap.ACCESS_READ) as text:
                self.assertEqual(cut(text, 1000)[1], (1001, 2))

    def test_lines_that_just_fit_stay(self):
        self.assertEqual(cut(b"a b c\nd e f\n", 3), (b"a b c\nd e f\n", (6, 2)))

    def test_one_line_without_an_end(self):
        written, counts = cut(b"w " * 2500, 1000)
        self.assertEqual([len(line.split()) for line in written.splitlines()], [1000, 1000, 500])
        self.assertEqual(counts, (2500, 3))

    def test_nothing(self):
        self.assertEqual(cut(b"", 3), (b"", (0, 0)))


if __name__ == "__main__":
    unittest.main()
