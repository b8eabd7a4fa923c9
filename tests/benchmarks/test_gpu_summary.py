import unittest
from xml.etree import ElementTree

from gpu import chart, table
from gpu.summary import summarise
from sample_gpu_runs import cell, run

SVG = "{http://www.w3.org/2000/svg}"
MEN = "spearman men.tsv"


class SummaryTest(unittest.TestCase):
    def test_medians_with_least_and_most(self):
        row, = summarise([cell()], [run(cell(), number, seconds) for number, seconds in ((1, 1.0), (2, 4.0), (3, 2.0))],
                         None)
        self.assertEqual(row["runs"], 3)
        self.assertEqual(row["figures"]["training_words_per_second"], {"median": 5e7, "min": 2.5e7, "max": 1e8})
        self.assertEqual(row["figures"]["training_kept_words_per_second"]["median"], 2.5e7)
        self.assertEqual(row["figures"]["end_to_end_words_per_second"]["median"], 2.5e7)
        self.assertEqual(row["figures"]["subsampling_by_training"]["median"], 0.25)

    def test_share_of_the_ceiling(self):
        row, = summarise([cell("pair")], [run(cell("pair"))], 43008 * 1e8)
        self.assertAlmostEqual(row["figures"]["of_ceiling"]["median"], 0.5)
        half, = summarise([cell("tile-bf16")], [run(cell("tile-bf16"))], None)
        whole, = summarise([cell()], [run(cell())], None)
        self.assertEqual(half["bytes_per_kept_word"] * 2, whole["bytes_per_kept_word"])

    def test_no_ceiling_of_an_unknown_memory(self):
        for one, bandwidth in ((cell(), None), (cell(device="cpu"), 1e12)):
            row, = summarise([one], [run(one)], bandwidth)
            self.assertNotIn("of_ceiling", row["figures"])

    def test_a_cpu_trains_alone_in_its_epochs(self):
        row, = summarise([cell(device="cpu")], [run(cell(device="cpu"), seconds=2.0)], None)
        self.assertEqual(row["figures"]["training_words_per_second"]["median"], 5e7)

    def test_a_program_that_does_not_tell_the_kernels_seconds(self):
        silent = run(cell())
        silent["seconds"].update(kernels=None, subsampling=None)
        row, = summarise([cell()], [silent], 1e12)
        self.assertEqual(list(row["figures"]), ["end_to_end_words_per_second", "end_to_end_kept_words_per_second"])
        self.assertEqual(table.speed_cells([row])[1][6:10], ["-", "-", "50.0", "25.0"])

    def test_cells_without_runs_have_no_row(self):
        self.assertEqual(summarise([cell()], [run(cell("pair"))], None), [])


class TableTest(unittest.TestCase):
    def test_speed(self):
        rows = summarise([cell()], [run(cell(), 1), run(cell(), 2, 2.0)], 1e12)
        header, cells = table.speed_cells(rows)
        self.assertEqual(len(header), len(cells))
        self.assertEqual(cells, ["text", "128", "0.0001", "tile", "cuda", "2", "75.0 (50.0 to 100)", "37.5",
                                 "37.5 (25.0 to 50.0)", "18.8", "2,720", "10.2%", "25.0%"])

    def test_quality(self):
        one = cell(kind="quality")
        rows = summarise([one], [run(one, 1, quality={MEN: 0.5}), run(one, 2, quality={MEN: None})], None)
        self.assertEqual(table.quality_cells(rows), [["text", "dim", "sample", "rule", "device", "runs", "men"],
                                                     ["text", "128", "0.0001", "tile", "cuda", "2", "0.500"]])
        self.assertEqual(table.speed_cells(rows), [table.SPEED_HEADER])

    def test_millions(self):
        self.assertEqual([table.millions(words) for words in (6.719e6, 45.04e6, 1234.4e6)], ["6.72", "45.0", "1,234"])


class ChartTest(unittest.TestCase):
    def drawn(self, texts):
        cells = [cell(rule, device, text) for text in texts for rule in ("tile", "pair") for device in ("cuda", "cpu")]
        runs = [run(one, seconds=1.0 if one.device == "cuda" else 10.0, vocabulary=texts[one.text]) for one in cells]
        return ElementTree.fromstring(chart.draw(summarise(cells, runs, None), "A & B", ["<line>"]))

    def test_bars_are_as_long_as_their_figures(self):
        bars = {}
        for rectangle in self.drawn({"text": 1000}).iter(SVG + "rect"):
            if float(rectangle.get("height")) == chart.BAR:
                bars.setdefault(rectangle.get("fill"), []).append(float(rectangle.get("width")))
        lengths = [chart.BARS, chart.BARS / 2, chart.BARS / 10, chart.BARS / 20]
        self.assertEqual(bars, {kind[3]: [length] * 2 for kind, length in zip(chart.BAR_KINDS, lengths)})

    def test_lines_by_vocabulary(self):
        picture = self.drawn({"text": 1000, "made": 1000000})
        texts = [text.text for text in picture.iter(SVG + "text")]
        for expected in ("A & B", "<line>", "tile", "pair", "100 M", "5.00 M", "1,000", "1,000,000"):
            self.assertIn(expected, texts)
        lines = [line for line in picture.iter(SVG + "polyline") if line.get("stroke-width") == "1.8"]
        self.assertEqual(len(lines), 4)
        self.assertEqual(len([line for line in lines if line.get("stroke-dasharray")]), 2)
        for line in lines:
            (left, one), (right, other) = (map(float, point.split(",")) for point in line.get("points").split())
            self.assertLess(left, right)
            self.assertEqual(one, other)  # as fast with both

    def test_all_lies_inside(self):
        picture = self.drawn({"text": 1000, "made": 1000000})
        for text in picture.iter(SVG + "text"):
            self.assertLessEqual(float(text.get("y")), float(picture.get("height")))
            self.assertLessEqual(float(text.get("x")), float(picture.get("width")))

    def test_a_single_vocabulary_has_no_line(self):
        self.assertEqual(list(self.drawn({"text": 1000}).iter(SVG + "polyline")), [])


if __name__ == "__main__":
    unittest.main()
