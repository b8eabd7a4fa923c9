"""One run of a cell."""
import os
import shutil
import subprocess
import time
from dataclasses import asdict

from gpu.rules import RULES
from gpu.texts import epochs_for
from measure.quality import evaluate, quality_figures
from measure.training import closing_summary
from measure.watched_process import ProgramFailed, run_watched

QUALITY_EPOCHS = 5


class Measurement:
    def __init__(self, program, texts, words, pairs, analogies, folder):
        """`texts`: by their names. `words`: that a run for speed trains at least, by device. `folder`: for what the
        program writes; it is emptied."""
        self.program = program
        self.texts = texts
        self.words = words
        self.pairs = pairs
        self.analogies = analogies
        self.folder = folder

    def run(self, cell, number, budget):
        """Trains, with the number of the round as seed. What it was like."""
        self.texts[cell.text].prepare(budget.over)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        begin = time.monotonic()
        try:
            watched = run_watched(self.command(cell, number), limit=budget.left())
            summary = self._summary()
            quality = self._quality() if cell.kind == "quality" else {}
        finally:
            shutil.rmtree(self.folder)
        took = time.monotonic() - begin
        device = summary["device"]
        on_gpu = device.get("seconds", {})
        return {**asdict(cell), "round": number,
                "seconds": {**summary["seconds"], "kernels": on_gpu.get("kernels"),
                            "subsampling": on_gpu.get("subsampling"), "together": watched.seconds,
                            "with_evaluation": took},
                "counts": summary["counts"], "settings": summary["settings"],
                "path_nodes_outside_top": summary.get("path_nodes_outside_top"),
                "centres_in_flight": device.get("centres_in_flight"), "tensor_cores": device.get("tensor_cores"),
                "loss": summary["epoch_loss"][-1],
                "peak_memory_bytes": watched.peak_memory_bytes, "quality": quality}

    def command(self, cell, seed):
        text = self.texts[cell.text]
        epochs = QUALITY_EPOCHS if cell.kind == "quality" else epochs_for(text, self.words[cell.device])
        return [self.program, "train", "--input", text.path, "--min-count", str(text.min_count),
                "--output", self._path("vectors.bin"), "--metrics", self._path("metrics.jsonl"), "--quiet",
                "--device", cell.device, "--dim", str(cell.dim), "--sample", str(cell.sample),
                "--epochs", str(epochs), "--seed", str(seed), *RULES[cell.rule].flags]

    def _summary(self):
        try:
            return closing_summary(self._path("metrics.jsonl"))
        except (OSError, ValueError, IndexError):
            raise ProgramFailed("it wrote no summary") from None

    def _quality(self):
        try:
            return quality_figures(evaluate(self.program, self._path("vectors.bin"), self.pairs, self.analogies))
        except subprocess.CalledProcessError as failure:
            raise ProgramFailed(f"its vectors cannot be evaluated (status {failure.returncode})") from None

    def _path(self, name):
        return os.path.join(self.folder, name)
