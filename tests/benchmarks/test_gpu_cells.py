import unittest

from gpu.cells import plan
from gpu.texts import Given, epochs_for
from sample_gpu_runs import cell


class PlanTest(unittest.TestCase):
    def test_the_base_comes_first_then_one_setting_after_the_other_then_two(self):
        groups = plan(["text", "made"], [128, 300], [1e-4], ["tile"], ["cuda"], None)
        self.assertEqual(groups, [[cell()], [cell(dim=300), cell(text="made")], [cell(text="made", dim=300)]])

    def test_the_cpu_is_spared_two_settings_and_what_it_cannot_do(self):
        groups = plan(["text", "made"], [128, 300], [1e-4], ["tile", "tile-bf16"], ["cuda", "cpu"], None)
        self.assertEqual(groups[0], [cell(), cell("tile-bf16"), cell(device="cpu")])
        self.assertEqual([one.device for one in groups[1]], ["cuda", "cuda", "cpu"] * 2)
        self.assertEqual([one.device for one in groups[2]], ["cuda", "cuda"])

    def test_quality_is_of_the_given_text(self):
        groups = plan(["text", "made"], [128, 300], [1e-4, 1e-3], ["tile"], ["cuda", "cpu"], "text")
        evaluated = [one for group in groups for one in group if one.kind == "quality"]
        self.assertEqual(evaluated, [cell(kind="quality"), cell(kind="quality", device="cpu"),
                                     cell(kind="quality", sample=1e-3), cell(kind="quality", dim=300)])

    def test_epochs(self):
        text = Given("text", "text.txt", 10, 1000)
        self.assertEqual([epochs_for(text, words) for words in (1, 1000, 1001, 5000)], [1, 1, 2, 5])


if __name__ == "__main__":
    unittest.main()
