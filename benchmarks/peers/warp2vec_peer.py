"""warp2vec itself, on the CPU."""
import os
import subprocess

from measure.training import closing_summary
from measure.watched_process import run_watched
from peers.task import Phases, Training


def phases_of(seconds):
    """From the seconds in its closing summary. It turns the text into numbers before training, which the others do
    while they train: so that is training, too."""
    return Phases(seconds["vocabulary"], seconds["encode"] + seconds["train"], seconds["save"])


class Warp2vec:
    name = "warp2vec"
    notes = ["warp2vec: its own times; training includes turning the text into word numbers, which the others do "
             "while training."]
    notes_on_negatives = ["warp2vec's negatives are shared by tiles of neighbouring words, the default; the others "
                          "draw theirs for each pair."]

    def __init__(self, program):
        self.program = program

    def version(self):
        return subprocess.run([self.program, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()

    def command(self, task):
        s = task.settings
        return [self.program, "train", "--input", task.text.path, "--output", os.path.join(task.folder, "vectors.bin"),
                "--metrics", os.path.join(task.folder, "metrics.jsonl"), "--quiet", "--device", "cpu",
                "--threads", str(task.threads), "--seed", str(task.seed), "--loss", s.loss, "--dim", str(s.dim),
                "--window", str(s.window), "--negative", str(s.negative), "--sample", str(s.sample),
                "--min-count", str(s.min_count), "--lr", str(s.lr), "--epochs", str(s.epochs)]

    def train(self, task):
        watched = run_watched(self.command(task))
        summary = closing_summary(os.path.join(task.folder, "metrics.jsonl"))
        return Training(watched, phases_of(summary["seconds"]), os.path.join(task.folder, "vectors.bin"))
