import unittest
from unittest import mock

from peers import preparation


class FindPeersTest(unittest.TestCase):
    def test_shared_negatives_are_remarked_on_only_if_there_are_negatives(self):
        with mock.patch.object(preparation, "find_python", return_value="python3"), \
             mock.patch.object(preparation.Fasttext, "find", return_value="fasttext"):
            remarks = {loss: " ".join(preparation.find_peers("warp2vec", None, loss)[1]) for loss in ("ns", "hs")}
        self.assertIn("negatives", remarks["ns"])
        self.assertNotIn("negatives", remarks["hs"])


if __name__ == "__main__":
    unittest.main()
