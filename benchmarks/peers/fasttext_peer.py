"""fastText without its subwords, which is word2vec."""
import os
import shutil
import subprocess

from measure.watched_process import ProgramFailed, run_watched
from peers.task import Phases, Training


def phases_of(transcript, seconds, tokens, threads):
    """`seconds`: how long all took; `tokens`: how many it trains. It prints when the words are counted and when
    training is over. How long that was follows from the speed that it prints then: a single thread prints nothing
    before."""
    last = r"Progress: 100\.0% words/sec/thread: *(\d+)[^\r\n]*\r*\n"
    counted, trained = transcript.time_of(r"Number of labels: *\d+"), transcript.time_of(last)
    words_per_second = int(transcript.arrivals(last)[0][1][1]) * threads
    if not words_per_second:
        raise ProgramFailed("it printed no speed: the text is too small to time it")
    return Phases(counted, min(tokens / words_per_second, trained - counted), seconds - trained)


def package_version():
    """As Debian counts: the program does not tell its version."""
    query = ["dpkg-query", "--show", "--showformat=${Version}", "fasttext"]
    try:
        return subprocess.run(query, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "of unknown version"


class Fasttext:
    name = "fastText"
    notes = ["fastText: times of what it prints; vocabulary includes its start, and how long training took follows "
             "from the speed that it prints at the end. Save is of a text and a binary file; it always writes both. It "
             "trains as many words of its vocabulary as the text has words of any kind, which is somewhat more than "
             "the others do."]

    def __init__(self, program):
        self.program = program

    @staticmethod
    def find():
        return shutil.which("fasttext")

    def version(self):
        return "fastText " + package_version()

    def command(self, task):
        s = task.settings
        every_word = 1  # as a threshold; 0, which means that to the others, would leave it none
        return [self.program, "skipgram", "-input", task.text.path, "-output", os.path.join(task.folder, "vectors"),
                "-bucket", "0", "-maxn", "0", "-loss", s.loss, "-dim", str(s.dim), "-ws", str(s.window),
                "-neg", str(s.negative), "-t", str(s.sample or every_word), "-minCount", str(s.min_count), "-lr", str(s.lr),
                "-epoch", str(s.epochs), "-thread", str(task.threads), "-seed", str(task.seed)]

    def train(self, task):
        watched = run_watched(self.command(task))
        # It counts the end of a line as a word.
        tokens = task.settings.epochs * (task.text.words + task.text.lines)
        return Training(watched, phases_of(watched.transcript, watched.seconds, tokens, task.threads),
                        os.path.join(task.folder, "vectors.vec"))
