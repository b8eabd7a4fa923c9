import unittest

from peers.programs import multiplies_slowly


class BlasTest(unittest.TestCase):
    def test_the_reference_is_told_from_fast_ones(self):
        for files in ([], ["libblas.so.3.11.0"], ["libcblas.so.3"]):
            self.assertTrue(multiplies_slowly(files), files)
        for files in (["libblas.so.3", "libopenblas-r0.3.21.so"], ["libmkl_rt.so.2"], ["libopenblas64_p.so"]):
            self.assertFalse(multiplies_slowly(files), files)


if __name__ == "__main__":
    unittest.main()
