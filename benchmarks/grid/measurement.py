"""One run: a cell by one rule with one seed."""
import math
import os
import shutil
import subprocess
from dataclasses import asdict

from grid.vectors import largest_norm, read_vectors
from measure.training import closing_summary
from measure.watched_process import ProgramFailed, run_watched

MEAN_LOSS, LARGEST_NORM = "mean loss", "largest norm"


class Measurement:
    def __init__(self, program, texts, device, threads, dim, folder):
        """`texts`: by their names. `folder`: for what the program writes; it is emptied."""
        self.program = program
        self.texts = texts
        self.device = device
        self.threads = threads
        self.dim = dim
        self.folder = folder

    def run(self, cell, rule, seed):
        """What it was like. A program that fails, or whose vectors cannot be judged, is a result, too."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        row = {**asdict(cell), "rule": rule, "seed": seed}
        try:
            watched = run_watched(self.command(cell, rule, seed))
            summary = closing_summary(self._path("metrics.jsonl"))
            figures = self._figures(self.texts[cell.text], summary)
        except (ProgramFailed, OSError, ValueError, IndexError) as reason:
            return {**row, "failed": str(reason).strip() or type(reason).__name__}
        except subprocess.CalledProcessError as failure:
            return {**row, "failed": f"its vectors cannot be evaluated (status {failure.returncode})"}
        finally:
            shutil.rmtree(self.folder)
        return {**row, "failed": None, "chosen": summary["sharing"], "figures": figures,
                "words_per_second": summary["counts"]["trained_tokens"] / summary["seconds"]["train"],
                "seconds": watched.seconds}

    def command(self, cell, rule, seed):
        text = self.texts[cell.text]
        return [self.program, "train", "--input", text.path, "--min-count", str(text.min_count),
                "--output", self._path("vectors.bin"), "--metrics", self._path("metrics.jsonl"), "--quiet",
                "--device", self.device, "--threads", str(self.threads), "--dim", str(self.dim),
                "--epochs", str(text.epochs), "--seed", str(seed), "--sharing", rule, *cell.settings.flags()]

    def _figures(self, text, summary):
        """None is what is not finite, and what has no value since an evaluation found no word."""
        path = self._path("vectors.bin")
        vectors = read_vectors(path)
        figures = {**text.judge(path, vectors), MEAN_LOSS: summary["epoch_loss"][-1],
                   LARGEST_NORM: largest_norm(vectors)}
        return {key: value if value is not None and math.isfinite(value) else None for key, value in figures.items()}

    def _path(self, name):
        return os.path.join(self.folder, name)
