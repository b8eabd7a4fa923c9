import unittest
from xml.etree import ElementTree

from peers import chart
from peers.summary import summarise
from sample_runs import run, two_programs

SVG = "{http://www.w3.org/2000/svg}"


def drawn(runs):
    return ElementTree.fromstring(chart.draw(summarise(runs, 1000000, "warp2vec"), "warp2vec", "A & B", ["<line>"]))


class ChartTest(unittest.TestCase):
    def test_it_is_xml_and_names_everything(self):
        texts = [text.text for text in drawn(two_programs()).iter(SVG + "text")]
        for expected in ("A & B", "<line>", "R&D <other>", "500 thousand", "50 thousand (10.0x)", "22.0 s (5.5x)",
                         "2 threads", "0.700", "25.0%", "men"):
            self.assertIn(expected, texts)

    def test_bars_are_as_long_as_their_figures(self):
        colours = {}
        for bar in drawn(two_programs()).iter(SVG + "rect"):
            if float(bar.get("height")) == chart.BAR:
                colours.setdefault(bar.get("fill"), []).append(float(bar.get("width")))
        self.assertEqual(colours[chart.REFERENCE], [chart.BARS])
        self.assertEqual(colours[chart.OTHER], [chart.BARS / 10])
        phases = dict(chart.PHASES)
        self.assertAlmostEqual(colours[phases["training"]][1], chart.BARS * 20 / 22, delta=0.1)
        self.assertAlmostEqual(colours[phases["save"]][0], chart.BARS * 0.5 / 22, delta=0.1)

    def test_all_lies_inside_and_lines_do_not_overlap(self):
        runs = [run(name, threads, 1, 1.0) for threads in (1, 2) for name in ("warp2vec", "other", "third")]
        picture = drawn(runs)
        width, height = float(picture.get("width")), float(picture.get("height"))
        rows = []
        for part in picture.iter(SVG + "rect"):
            self.assertLessEqual(float(part.get("x", 0)) + float(part.get("width")), width)
            self.assertLessEqual(float(part.get("y", 0)) + float(part.get("height")), height)
        for text in picture.iter(SVG + "text"):
            self.assertLessEqual(float(text.get("y")), height)
            if text.text in ("warp2vec", "other", "third"):
                rows.append(float(text.get("y")))
        self.assertEqual(len(rows), 12)
        self.assertTrue(all(below - above >= chart.BAR for above, below in zip(rows, rows[1:])), rows)


if __name__ == "__main__":
    unittest.main()
