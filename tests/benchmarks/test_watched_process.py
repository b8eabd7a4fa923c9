import os
import sys
import tempfile
import unittest

from measure import ProgramFailed, Watched, run_watched


def printed(*pieces):
    return Watched(pieces, 3.0, 3.0, 1000, None)


class PrintedTest(unittest.TestCase):
    def test_a_match_has_arrived_with_its_last_character(self):
        watched = printed((0.5, "coun"), (1.0, "ted 7\ncount"), (2.0, "ed 8\n"))
        for pattern, expected in (("(coun)", (0.5, "coun")), (r"ted (\d)", (1.0, "7")), ("ted (8)", (2.0, "8"))):
            when, match = watched.first(pattern)
            self.assertEqual((when, match[1]), expected)

    def test_what_was_never_printed_is_an_error_with_what_was(self):
        with self.assertRaisesRegex(ProgramFailed, "it never printed 'saved', but:\ncounted"):
            printed((0.5, "counted")).first("saved")


class RunWatchedTest(unittest.TestCase):
    def test_output_file_and_times_are_noted(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "file")
            watched = run_watched(["sh", "-c", 'echo "$word"; sleep 0.2; echo >"$0"; sleep 0.2; echo b', path],
                                  {"word": "a"}, awaited=path)
        (first, _), (last, _) = watched.first("a"), watched.first("b")
        self.assertTrue(first <= watched.appeared <= last <= watched.seconds, watched)
        self.assertTrue(watched.appeared >= 0.2 and last >= 0.4, watched)

    def test_memory_is_the_programs_own(self):
        ballast = bytearray(200000000)  # of the process that starts it
        small = run_watched(["sleep", "0.1"]).peak_memory_bytes
        large = run_watched([sys.executable, "-c", "import time; x = bytearray(100000000); time.sleep(0.2)"])
        self.assertTrue(0 < small < 20000000, small)
        self.assertTrue(100000000 < large.peak_memory_bytes < len(ballast), large.peak_memory_bytes)

    def test_a_failing_program_is_an_error_with_what_it_printed(self):
        with self.assertRaisesRegex(ProgramFailed, "(?s)ended with status 3 .*no memory"):
            run_watched(["sh", "-c", "echo no memory; exit 3"])

    def test_a_missing_program_is_an_error(self):
        with self.assertRaisesRegex(ProgramFailed, "does not start"):
            run_watched(["/no/such/program"])


if __name__ == "__main__":
    unittest.main()
