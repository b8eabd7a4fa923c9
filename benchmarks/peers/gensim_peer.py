"""gensim's Word2Vec, fed in either of its two ways."""
import functools
import json
import os
import shutil
import subprocess

from measure.blas import is_reference
from measure.watched_process import ProgramFailed, run_watched
from peers.task import Phases, Training

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = os.path.dirname(HERE)
WORKER = os.path.join(HERE, "in_gensim", "train.py")
# Debian's gensim is the system's Python's, which need not be the one on PATH.
INTERPRETERS = ("python3", "/usr/bin/python3")


def find_python():
    """An interpreter that has gensim, or None."""
    has_gensim = "import importlib.util, sys; sys.exit(not importlib.util.find_spec('gensim'))"
    for python in INTERPRETERS:
        if shutil.which(python) and subprocess.run([python, "-c", has_gensim]).returncode == 0:
            return python
    return None


@functools.lru_cache(maxsize=None)
def versions(python):
    """Of gensim, NumPy and Python, then the files of the library that multiplies for gensim."""
    ask = ("import gensim, numpy, platform; from measure.blas import blas; "
           "print(gensim.__version__, numpy.__version__, platform.python_version(), *blas())")
    printed = subprocess.run([python, "-c", ask], check=True, stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "PYTHONPATH": PACKAGES}).stdout
    gensim, numpy, own, *blas = printed.split()
    return [f"gensim {gensim}", f"NumPy {numpy}", f"Python {own}", *blas]


def multiplies_slowly(python):
    return is_reference(versions(python)[3:])


def phases_of(printed):
    """From what the worker prints as its last line."""
    lines = printed.strip().splitlines()
    try:
        seconds = json.loads(lines[-1])
        return Phases(seconds["vocabulary"], seconds["training"], seconds["save"])
    except (IndexError, ValueError, KeyError, TypeError):
        raise ProgramFailed(f"it did not end with its times, but:\n{printed[-2000:]}") from None


class Gensim:
    notes = ["gensim: the times of build_vocab, train and save_word2vec_format; the rest is mostly Python starting. "
             "With corpus_file and N workers the learning rate falls, within each epoch, only by 1/N of what it "
             "should: compare the quality with the iterator's."]

    def __init__(self, python, feeding):
        """`feeding`: 'iterator' (of sentences) or 'corpus_file'."""
        self.name = f"gensim ({feeding})"
        self.python = python
        self.feeding = feeding

    def version(self):
        return ", ".join(versions(self.python))

    def command(self, task):
        s = task.settings
        wanted = {"corpus": task.text.path, "feeding": self.feeding,
                  "vectors": os.path.join(task.folder, "vectors.bin"),
                  "vector_size": s.dim, "window": s.window, "hs": int(s.loss == "hs"),
                  "negative": s.negative if s.loss == "ns" else 0, "sample": s.sample, "min_count": s.min_count,
                  # Where the others end, too.
                  "alpha": s.lr, "min_alpha": s.lr / 10000,
                  "epochs": s.epochs, "workers": task.threads, "seed": task.seed}
        return [self.python, "-B", WORKER, json.dumps(wanted)]

    def train(self, task):
        watched = run_watched(self.command(task))
        return Training(watched, phases_of(watched.transcript.text), os.path.join(task.folder, "vectors.bin"))
