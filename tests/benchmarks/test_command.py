import os
import signal
import subprocess
import unittest

from measure import ProgramFailed, run_command


class CommandTest(unittest.TestCase):
    def setUp(self):
        self.addCleanup(signal.signal, signal.SIGTERM, signal.getsignal(signal.SIGTERM))

    def last_words(self, main):
        with self.assertRaises(SystemExit) as ended:
            run_command("command", main, "; go on")
        return ended.exception.code

    def raising(self, exception):
        def main():
            raise exception
        return self.last_words(main)

    def test_what_stops_it_is_said_in_a_line(self):
        self.assertEqual(self.raising(ProgramFailed("no such thing")), "command: no such thing")
        self.assertEqual(self.raising(subprocess.CalledProcessError(1, ["a", "b"])), "command: this failed: a b")
        self.assertEqual(self.raising(KeyboardInterrupt()), "command: interrupted; go on")
        self.assertEqual(self.last_words(lambda: os.kill(os.getpid(), signal.SIGTERM)), "command: terminated")

    def test_other_errors_are_not_hidden(self):
        with self.assertRaises(ZeroDivisionError):
            run_command("command", lambda: 1 / 0)

    def test_nothing_stops_it(self):
        run_command("command", lambda: None)


if __name__ == "__main__":
    unittest.main()
