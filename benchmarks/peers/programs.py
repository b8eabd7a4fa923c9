"""The programs that are compared: how they are run, and how the durations of their phases are determined."""
import json
import os
import platform
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Callable, NamedTuple

from measure import ROOT, ProgramFailed, closing_summary, run_watched, script, sha256, train_command, version

HUGE_PAGE_CHOICE = "/sys/kernel/mm/transparent_hugepage/enabled"
GENSIM_WORKER = str(Path(__file__).with_name("gensim_worker.py"))
TOO_SMALL = "the text is too small to time it"
NOTES = ["warp2vec: its own times; training includes turning the text into word numbers, which the others do while "
         "training.",
         "gensim and warp2vec (Python): the times of build_vocab, train and save_word2vec_format; the rest is mostly "
         "Python starting, and with a list of lists of str making it. With "
         "corpus_file and N workers the learning rate falls, within each epoch, only by 1/N of what it should: compare "
         "the quality with the iterator's.",
         "fastText: times of what it prints; vocabulary includes its start, and how long training took follows from "
         "the speed that it prints at the end. Save is of a text and a binary file; it always writes both. It trains "
         "as many words of its vocabulary as the text has words of any kind, which is somewhat more than the others "
         "do."]


class Task(NamedTuple):
    """The task that every program is given."""
    text: str  # a file
    words: int  # total, whether in the vocabulary or not
    lines: int
    settings: SimpleNamespace  # model ('skipgram' or 'cbow'), loss ('ns' or 'hs'), dim, window, negative, sample,
    #                            min_count, lr, epochs
    threads: int
    seed: int
    folder: Path  # empty; for the program's output


class Phases(NamedTuple):
    """In seconds. The remainder of the total is start-up, tables and matrices, as far as a program allows these to be
    separated."""
    vocabulary: float
    training: float
    save: float


class Peer(NamedTuple):
    name: str
    version: str
    command: Callable  # from a Task to the arguments of a command line
    phases_of: Callable  # from a Task and the Watched program to Phases
    vectors: str = "vectors.bin"
    environment: dict = {}

    def train(self, task):
        """Returns the record of the run, its phases, and the file of vectors."""
        vectors = task.folder / self.vectors
        watched = run_watched(self.command(task), self.environment, awaited=vectors)
        if not vectors.exists():
            raise ProgramFailed("it wrote no vectors")
        return watched, self.phases_of(task, watched), vectors


def warp2vec_command(program, task):
    return train_command(program, task.folder, input=task.text, device="cpu", threads=task.threads, seed=task.seed,
                         **vars(task.settings))


def warp2vec_phases(task, _):
    """It converts the text to word ids before training, which the others do during training: so this counts as
    training."""
    seconds = closing_summary(task.folder)["seconds"]
    return Phases(seconds["vocabulary"], seconds["encode"] + seconds["train"], seconds["save"])


def find_python(package, places):
    """The first of `places` (an interpreter, and variables to set) that has the package, and the versions that the
    worker prints; or None, {} and an empty list."""
    for python, environment in places:
        if shutil.which(python):
            asked = subprocess.run([python, "-B", GENSIM_WORKER, package], env={**os.environ, **environment},
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            if asked.returncode == 0:
                return python, environment, json.loads(asked.stdout)
    return None, {}, []


def find_gensim():
    """Debian installs gensim for the system's Python, which need not be the one on PATH."""
    return find_python("gensim", [("python3", {}), ("/usr/bin/python3", {})])


def find_package(program):
    """warp2vec's package, installed, or beside a program that was built with it."""
    beside = {"PYTHONPATH": str(Path(program).resolve().parent / "python")}
    return find_python("warp2vec", [("python3", {}), (str(ROOT / "build/python/bin/python3"), beside)])


def multiplies_slowly(versions):
    return not any(re.search("openblas|blis|mkl|atlas", name) for name in versions)


def gensim_command(python, feeding, task, **package):
    """`feeding`: see the worker. `package`: arguments of the worker about another package than gensim."""
    s = task.settings
    wanted = {"corpus": task.text, "feeding": feeding, "vectors": str(task.folder / "vectors.bin"),
              "sg": int(s.model == "skipgram"), "vector_size": s.dim, "window": s.window, "hs": int(s.loss == "hs"),
              "negative": s.negative if s.loss == "ns" else 0, "sample": s.sample, "min_count": s.min_count,
              "alpha": s.lr, "min_alpha": s.lr / 10000,  # the final rate of the others
              "epochs": s.epochs, "workers": task.threads, "seed": task.seed, **package}
    return [python, "-B", GENSIM_WORKER, json.dumps(wanted)]


def gensim_phases(_, watched):
    """Parsed from the last line that the worker prints."""
    try:
        return Phases(**json.loads(watched.text.strip().splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        raise ProgramFailed(f"it did not end with its times, but:\n{watched.text[-2000:]}") from None


def fasttext_version():
    """Debian's version: the program does not print its own."""
    query = ["dpkg-query", "--show", "--showformat=${Version}", "fasttext"]
    try:
        return "fastText " + subprocess.check_output(query, stderr=subprocess.DEVNULL, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "fastText of unknown version"


def fasttext_command(program, task):
    """Without subwords, which is word2vec."""
    s = task.settings
    every_word = 1  # as a threshold; 0, which keeps every word in the others, would keep none
    return [program, s.model, "-input", task.text, "-output", task.folder / "vectors", "-bucket", 0, "-maxn", 0,
            "-loss", s.loss, "-dim", s.dim, "-ws", s.window, "-neg", s.negative, "-t", s.sample or every_word,
            "-minCount", s.min_count, "-lr", s.lr, "-epoch", s.epochs, "-thread", task.threads, "-seed", task.seed]


def fasttext_phases(task, watched):
    """It prints a line when the words are counted and one when training is over. The training time follows from the
    speed printed with the latter: with a single thread nothing is printed before."""
    counted, _ = watched.first(r"Number of labels: *\d+")
    trained, last = watched.first(r"Progress: 100\.0% words/sec/thread: *(\d+)[^\r\n]*\r*\n")
    words_per_second = int(last[1]) * task.threads
    tokens = task.settings.epochs * (task.words + task.lines)  # the end of a line counts as a word
    if not words_per_second:
        raise ProgramFailed("it printed no speed: " + TOO_SMALL)
    return Phases(counted, min(tokens / words_per_second, trained - counted), watched.seconds - trained)


def word2vec_c_version(program):
    """Its own description, and a checksum: the way it was compiled matters, and cannot be determined from outside."""
    printed = subprocess.run([program], stdout=subprocess.PIPE, text=True).stdout
    if not printed:
        raise ProgramFailed(f"{program} does not tell how it is used, as word2vec.c does")
    return f"{printed.splitlines()[0]}, SHA-256 {sha256(program)[:12]}"


def why_no_huge_pages(choice=HUGE_PAGE_CHOICE, libc=platform.libc_ver()):
    """Returns why a program cannot be given huge pages here; empty if it can. `choice`: the file with the kernel's
    setting, such as 'always [madvise] never'. `libc`: its name and version."""
    try:
        chosen = Path(choice).read_text().strip()
    except OSError:
        return f"there is no {choice}"
    if "[never]" in chosen:
        return f"{choice} says {chosen}"
    name, number = libc
    if name != "glibc" or tuple(map(int, number.split(".")[:2])) < (2, 35):
        return f"{' '.join(libc).strip() or 'the C library'} cannot ask for them"
    return ""


def word2vec_c_command(program, task):
    s = task.settings
    return [program, "-train", task.text, "-output", task.folder / "vectors.bin", "-binary", 1,
            "-cbow", int(s.model == "cbow"),
            "-hs", int(s.loss == "hs"), "-negative", s.negative if s.loss == "ns" else 0, "-size", s.dim,
            "-window", s.window, "-sample", s.sample, "-min-count", s.min_count, "-alpha", s.lr, "-iter", s.epochs,
            "-threads", task.threads]


def word2vec_c_phases(_, watched):
    """Training ends when the file of vectors appears. The first progress is printed some time after training began; how
    long is extrapolated from the speed since then."""
    counted, _ = watched.first(r"Words in train file: \d+\r*\n")
    first, progress = watched.first(r"Progress: *([\d.]+)%", "it printed no progress: " + TOO_SMALL)
    percent = float(progress[1])
    if percent >= 100:
        raise ProgramFailed("its first progress was 100%: " + TOO_SMALL)
    return Phases(counted, (watched.appeared - first) * 100 / (100 - percent), watched.seconds - watched.appeared)


def find_peers(warp2vec, word2vec_c, loss):
    """All programs in the order of a round, and notes on the comparison. `loss`: 'ns' or 'hs'."""
    def found():
        return (*find_gensim(), shutil.which("fasttext"))

    python, _, versions, fasttext = found()
    if not python or not fasttext or (multiplies_slowly(versions) and shutil.which("apt-get")):
        script("install-dependencies.sh", "peers")
        python, _, versions, fasttext = found()
    if not python or not fasttext:
        sys.exit("compare_peers: " + ("no Python has gensim" if not python else "there is no fasttext on PATH"))
    package_python, environment, package_versions = find_package(warp2vec)
    package = [Peer("warp2vec (Python, list)", ", ".join(package_versions),
                    partial(gensim_command, package_python, "list", package="warp2vec", device="cpu"), gensim_phases,
                    environment=environment)] if package_python else []
    peers = [Peer("warp2vec", version(warp2vec), partial(warp2vec_command, warp2vec), warp2vec_phases), *package,
             *(Peer(f"gensim ({feeding})", ", ".join(versions), partial(gensim_command, python, feeding), gensim_phases)
               for feeding in ("list", "iterator", "corpus_file")),
             Peer("fastText", fasttext_version(), partial(fasttext_command, fasttext), fasttext_phases, "vectors.vec")]
    notes = list(NOTES)
    if not package:
        notes.append("warp2vec's Python package was not compared: no Python has it. `pip install .` installs it.")
    if multiplies_slowly(versions):
        notes.append("gensim: it multiplies without OpenBLAS, and trains up to 1.5 times as fast with it.")
    if loss == "ns":
        notes.append("warp2vec's negatives are shared by tiles of neighbouring words, the default; the others draw "
                     "theirs for each pair.")
    if word2vec_c:
        refused = why_no_huge_pages()
        peer = Peer("word2vec.c", word2vec_c_version(word2vec_c), partial(word2vec_c_command, word2vec_c),
                    word2vec_c_phases)
        peers.append(peer)
        notes.append("word2vec.c: times of what it prints; when training began follows from its progress, and it "
                     "ended when the file of vectors appeared. With huge pages: run with "
                     "GLIBC_TUNABLES=glibc.malloc.hugetlb=1.")
        if refused:
            notes.append(f"word2vec.c was not run with huge pages: {refused}.")
        else:
            peers.append(peer._replace(name="word2vec.c, huge pages",
                                       environment={"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}))
    return peers, notes
