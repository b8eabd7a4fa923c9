import contextlib
import io
import json
import os
import tempfile
import unittest

from peers.report import Report
from sample_runs import facts, two_programs


class ReportTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "new", "folder")
        self.printed = io.StringIO()
        self.program = os.path.join(folder.name, "program")  # notes how it was called
        with open(self.program, "w") as script:
            script.write(f'#!/bin/sh\necho "$@" > {folder.name}/called\n')
        os.chmod(self.program, 0o755)

    def report(self, finish):
        with contextlib.redirect_stdout(self.printed):
            report = Report(self.folder, self.program, facts())
            for run in two_programs():
                report.add(run)
            if finish:
                report.finish()

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as text:
            return text.read()

    def test_what_is_not_finished_has_a_name_of_its_own(self):
        self.report(finish=False)
        self.assertEqual(os.listdir(self.folder), ["unfinished.json"])
        self.assertEqual(len(json.loads(self.read("unfinished.json"))["runs"]), 6)

    def test_finished(self):
        self.report(finish=True)
        self.assertEqual(sorted(os.listdir(self.folder)), ["results.json", "table.md"])
        results = json.loads(self.read("results.json"))
        self.assertEqual(results["summary"][0]["words_per_second"], 800 * 2 / 2.0)
        self.assertEqual((len(results["runs"]), results["commit"]), (6, "abc"))
        self.assertIn("| R&D <other> | 2 |", self.read("table.md"))
        self.assertIn("- A note.", self.read("table.md"))
        self.assertIn("medians of 3 interleaved rounds", self.read("table.md"))
        self.assertEqual(self.read("../../called"), f"bench --peers {self.folder}/results.json --output "
                         f"{self.folder}/report --quiet\n")
        self.assertIn("R&D <other>", self.printed.getvalue())


if __name__ == "__main__":
    unittest.main()
