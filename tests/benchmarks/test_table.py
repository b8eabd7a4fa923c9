import unittest

from measure import markdown, plain, quality_text
from peers.report import summarise, table_of
from sample_runs import two_programs


class TableTest(unittest.TestCase):
    def setUp(self):
        self.cells = table_of(summarise(two_programs(), 1000000, "warp2vec"), "warp2vec")

    def test_cells(self):
        self.assertEqual(self.cells[0][-2:], ["men", "questions-words"])
        self.assertEqual(self.cells[1], ["warp2vec", "2", "500", "", "1.00", "2.00", "0.50", "0.50", "4.00", "", "1",
                                         "0.700", "25.0%"])
        self.assertEqual(self.cells[2][2:4], ["50", "10.00x"])
        self.assertEqual(self.cells[2][8:11], ["22.00", "5.50x", "5"])

    def test_quality_that_is_not_there(self):
        self.assertEqual(quality_text("spearman men.tsv", None), "-")

    def test_plain_columns_are_aligned(self):
        lines = plain(self.cells).splitlines()
        self.assertEqual(len({len(line) for line in lines if line.endswith(("words", "%"))}), 1, lines)
        self.assertTrue(lines[-2].startswith("warp2vec "))
        self.assertTrue(lines[-3].endswith("  questions-words"), "a long word is left whole")

    def test_markdown_has_as_many_cells_in_every_line(self):
        lines = markdown(self.cells + [["a|b"] + [""] * (len(self.cells[0]) - 1)]).splitlines()
        self.assertEqual(len(lines), 5)
        self.assertEqual({line.replace("\\|", "").count("|") for line in lines}, {len(self.cells[0]) + 1})


if __name__ == "__main__":
    unittest.main()
