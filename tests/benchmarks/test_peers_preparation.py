import unittest
from unittest import mock

from peers import programs


class FindPeersTest(unittest.TestCase):
    def test_shared_negatives_are_remarked_on_only_if_there_are_negatives(self):
        remarks = {loss: self.remarks(loss) for loss in ("ns", "hs")}
        self.assertIn("negatives", remarks["ns"])
        self.assertNotIn("negatives", remarks["hs"])

    def test_a_gensim_that_multiplies_slowly_is_remarked_on(self):
        self.assertNotIn("OpenBLAS", self.remarks("ns"))
        self.assertIn("OpenBLAS", self.remarks("ns", multiplies_slowly=True))

    def test_the_python_package_is_compared_where_it_is(self):
        self.assertIn("no Python has it", self.remarks("ns"))
        self.assertNotIn("no Python has it", self.remarks("ns", package=("python3", {}, ["warp2vec 1"])))

    @staticmethod
    def remarks(loss, multiplies_slowly=False, package=(None, {}, [])):
        blas = "libblas.so.3" if multiplies_slowly else "libopenblas.so.0"
        with mock.patch.object(programs, "find_package", return_value=package), \
             mock.patch.object(programs, "find_gensim", return_value=("python3", {}, ["gensim 4", blas])), \
             mock.patch.object(programs, "script"), mock.patch.object(programs, "version"), \
             mock.patch.object(programs.shutil, "which", return_value="fasttext"):
            return " ".join(programs.find_peers("warp2vec", None, loss)[1])


if __name__ == "__main__":
    unittest.main()
