import unittest
from unittest import mock

from peers import preparation


class FindPeersTest(unittest.TestCase):
    def test_shared_negatives_are_remarked_on_only_if_there_are_negatives(self):
        remarks = {loss: self.remarks(loss) for loss in ("ns", "hs")}
        self.assertIn("negatives", remarks["ns"])
        self.assertNotIn("negatives", remarks["hs"])

    def test_a_gensim_that_multiplies_slowly_is_remarked_on(self):
        self.assertNotIn("OpenBLAS", self.remarks("ns"))
        self.assertIn("OpenBLAS", self.remarks("ns", multiplies_slowly=True))

    @staticmethod
    def remarks(loss, multiplies_slowly=False):
        with mock.patch.object(preparation, "find_python", return_value="python3"), \
             mock.patch.object(preparation, "multiplies_slowly", return_value=multiplies_slowly), \
             mock.patch.object(preparation, "script"), \
             mock.patch.object(preparation.Fasttext, "find", return_value="fasttext"):
            return " ".join(preparation.find_peers("warp2vec", None, loss)[1])


if __name__ == "__main__":
    unittest.main()
