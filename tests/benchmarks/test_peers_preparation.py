import unittest
from unittest import mock

from peers import preparation


class FindPeersTest(unittest.TestCase):
    def test_shared_negatives_are_remarked_on_only_if_there_are_negatives(self):
        remarks = {loss: self.remarks(loss, "libopenblas.so.0") for loss in ("ns", "hs")}
        self.assertIn("negatives", remarks["ns"])
        self.assertNotIn("negatives", remarks["hs"])

    def test_a_gensim_that_multiplies_slowly_is_remarked_on(self):
        self.assertNotIn("OpenBLAS", self.remarks("ns", "libopenblas.so.0"))
        self.assertIn("OpenBLAS", self.remarks("ns", "libblas.so.3"))

    @staticmethod
    def remarks(loss, blas):
        found = {"find_python": "python3", "multiplies_slowly": "openblas" not in blas}
        with mock.patch.multiple(preparation, **{name: mock.Mock(return_value=value) for name, value in found.items()}), \
             mock.patch.object(preparation, "script"), \
             mock.patch.object(preparation.Fasttext, "find", return_value="fasttext"):
            return " ".join(preparation.find_peers("warp2vec", None, loss)[1])


if __name__ == "__main__":
    unittest.main()
