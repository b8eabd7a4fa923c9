import unittest

from gpu.bandwidths import bandwidth_of
from gpu.ceilings import bytes_per_word, pair_rows, tile_and_tree_rows, tile_rows, tree_rows, window_rows
from sample_gpu_runs import cell, run


class CeilingsTest(unittest.TestCase):
    def test_rows_of_each_rule(self):
        self.assertEqual(pair_rows(run(cell("pair"))), 6 * (1 + 1 + 5))
        self.assertEqual(window_rows(run(cell("window"))), 6 + 1 + 5)
        self.assertEqual(tile_rows(run(cell("tile"))), (74 + 64 + 32) / 64)

    def test_rows_of_a_tree(self):
        # 8 centres have 18 contexts, 64 centres share the top nodes, and each has 8 further ones.
        tree = 18 / 8 + 64 / 64 + 8
        self.assertEqual(tree_rows(run(cell("hs"))), tree)
        self.assertEqual(tile_and_tree_rows(run(cell("ns+hs"))), (74 + 64 + 32) / 64 + tree)

    def test_bytes(self):
        self.assertEqual(bytes_per_word(42, 128, 4), 43008)
        self.assertEqual(bytes_per_word(12, 128, 4), 12288)

    def test_rows_are_padded(self):
        self.assertEqual(bytes_per_word(1, 100, 4), 112 * 4 * 2)
        self.assertEqual(bytes_per_word(1, 300, 2), 304 * 2 * 2)

    def test_bandwidths_go_by_the_whole_name(self):
        self.assertEqual(bandwidth_of("cuda:0  NVIDIA H100 80GB HBM3, compute capability 9.0, 85 GB"), 3.35e12)
        self.assertEqual(bandwidth_of("cuda:1  NVIDIA H100 PCIe, compute capability 9.0"), 2.0e12)
        self.assertIsNone(bandwidth_of("cuda:0  NVIDIA H100 80GB HBM3 MIG 1g.10gb, compute capability 9.0"))


if __name__ == "__main__":
    unittest.main()
