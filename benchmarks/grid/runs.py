"""The plan: each text with many settings; and single runs: a cell with one rule and one seed."""
import math
import os
import shutil
import subprocess
from array import array
from pathlib import Path

from measure import ProgramFailed, closing_summary, run_watched, train_command

MEAN_LOSS, LARGEST_NORM = "mean loss", "largest norm"

BASE = {"loss": "ns", "window": 5, "negative": 5, "lr": 0.025, "sample": 1e-3}  # the defaults of the program
ALONE = {"window": (2, 10, 15, 50, 100), "negative": (1, 10, 25, 64), "lr": (0.01, 0.05, 0.1, 0.2),
         "sample": (0.0, 1e-4), "loss": ("hs", "ns+hs")}
# Combinations that lead to more or larger updates of the same rows.
CORNERS = ({"window": 10, "negative": 10, "sample": 1e-4}, {"window": 8, "negative": 25, "sample": 1e-4},
           {"window": 10, "negative": 20}, {"window": 20, "negative": 20},
           {"window": 10, "negative": 10, "lr": 0.05},
           {"loss": "hs", "window": 10}, {"loss": "hs", "lr": 0.1}, {"loss": "ns+hs", "window": 10})


def plan(texts, only=None):
    """The cells of all texts: each with the base, then with each setting varied separately, then with the corners.
    `only`: a compiled pattern that must match within a cell's name."""
    changes = [{}, *({key: value} for key, values in ALONE.items() for value in values), *CORNERS]
    cells = [{"text": text, "settings": {**BASE, **change}} for text in texts for change in changes]
    return [cell for cell in cells if only is None or only.search(name_of(cell))]


def name_of(cell):
    """The unique name of a cell, also for a run."""
    settings = cell["settings"]
    negative = "" if settings["loss"] == "hs" else f", negative {settings['negative']}"
    return (f"{cell['text']}: {settings['loss']}, window {settings['window']}{negative}, lr {settings['lr']:g}, "
            f"sample {settings['sample']:g}")


def measure(program, folder, texts, flags, cell, rule, seed):
    """Trains and evaluates one run. A program that fails, or vectors that cannot be judged, count as a result, too.
    `folder`: for the program's output; it is emptied. `texts`: by name. `flags`: the same for all runs."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    text = texts[cell["text"]]
    row = {**cell, "rule": rule, "seed": seed}
    try:
        watched = run_watched(train_command(program, folder, input=text.path, min_count=text.min_count,
                                            epochs=text.epochs, seed=seed, sharing=rule, **flags, **cell["settings"]))
        summary = closing_summary(folder)
        path = Path(folder, "vectors.bin")
        vectors = read_vectors(path)
        figures = {**text.judge(program, path, vectors), MEAN_LOSS: summary["epoch_loss"][-1],
                   LARGEST_NORM: largest_norm(vectors)}
    except (ProgramFailed, OSError, ValueError, IndexError) as reason:
        return {**row, "failed": str(reason).strip() or type(reason).__name__}
    except subprocess.CalledProcessError as failure:
        return {**row, "failed": f"its vectors cannot be evaluated (status {failure.returncode})"}
    # None stands for values that are not finite, and for evaluations that found no word.
    figures = {key: value if value is not None and math.isfinite(value) else None for key, value in figures.items()}
    return {**row, "failed": None, "chosen": summary["sharing"], "figures": figures,
            "words_per_second": summary["counts"]["trained_tokens"] / summary["seconds"]["train"],
            "seconds": watched.seconds}


def read_vectors(path):
    """The vector of each word in a file in word2vec's binary format."""
    data = Path(path).read_bytes()
    place = data.index(b"\n") + 1
    rows, dim = map(int, data[:place].split())
    vectors = {}
    for _ in range(rows):
        space = data.index(b" ", place)
        word = data[place:space].lstrip(b"\n").decode("utf-8", "replace")
        place = space + 1 + 4 * dim
        vectors[word] = array("f", data[space + 1:place])
    return vectors


def largest_norm(vectors):
    """Infinite if any value is not finite."""
    norms = [math.hypot(*vector) for vector in vectors.values()]
    return max(norms) if all(map(math.isfinite, norms)) else math.inf
