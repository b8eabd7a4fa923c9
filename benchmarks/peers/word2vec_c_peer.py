"""The original word2vec.c, as it is and with huge pages."""
import hashlib
import os
import subprocess

from measure.watched_process import ProgramFailed, run_watched
from peers.progress import training_start
from peers.task import Phases, Training

HUGE_PAGE_CHOICE = "/sys/kernel/mm/transparent_hugepage/enabled"
OLDEST_GLIBC = (2, 35)  # that knows the setting below
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}


def phases_of(transcript, appeared, seconds):
    """`appeared`: when the file of vectors was there; `seconds`: how long all took."""
    if appeared is None:
        raise ProgramFailed("it wrote no vectors")
    counted = transcript.time_of(r"Words in train file: \d+\r*\n")
    progress = [(when, float(match[1])) for when, match in transcript.arrivals(r"Progress: *([\d.]+)%")]
    return Phases(counted, appeared - training_start(progress, appeared), seconds - appeared)


def why_no_huge_pages():
    """Why a program cannot be given huge pages here; empty if it can."""
    try:
        with open(HUGE_PAGE_CHOICE) as choice:
            chosen = choice.read()
    except OSError:
        return f"there is no {HUGE_PAGE_CHOICE}"
    return huge_pages_refused(chosen, os.confstr("CS_GNU_LIBC_VERSION") or "")


def huge_pages_refused(chosen, libc):
    """`chosen`: what the kernel says, such as 'always [madvise] never'; `libc`: such as 'glibc 2.36'."""
    if "[never]" in chosen:
        return f"{HUGE_PAGE_CHOICE} says {chosen.strip()}"
    name, _, number = libc.partition(" ")
    if name != "glibc" or tuple(int(part) for part in number.split(".")[:2]) < OLDEST_GLIBC:
        return f"{libc or 'the C library'} cannot ask for them"
    return ""


class Word2vecC:
    notes = ["word2vec.c: times of what it prints; when training began follows from its progress, and it ended when "
             "the file of vectors appeared. With huge pages: run with GLIBC_TUNABLES=glibc.malloc.hugetlb=1."]

    def __init__(self, program, huge_pages):
        self.name = "word2vec.c, huge pages" if huge_pages else "word2vec.c"
        self.program = program
        self.environment = HUGE_PAGES if huge_pages else {}

    def version(self):
        """What it calls itself, and a checksum: how it was compiled matters, and only who did knows."""
        printed = subprocess.run([self.program], stdout=subprocess.PIPE, text=True).stdout
        if not printed:
            raise ProgramFailed(f"{self.program} does not tell how it is used, as word2vec.c does")
        with open(self.program, "rb") as binary:
            return f"{printed.splitlines()[0]}, SHA-256 {hashlib.sha256(binary.read()).hexdigest()[:12]}"

    def command(self, task):
        s = task.settings
        return [self.program, "-train", task.text.path, "-output", os.path.join(task.folder, "vectors.bin"),
                "-binary", "1", "-cbow", "0", "-hs", str(int(s.loss == "hs")),
                "-negative", str(s.negative if s.loss == "ns" else 0), "-size", str(s.dim), "-window", str(s.window),
                "-sample", str(s.sample), "-min-count", str(s.min_count), "-alpha", str(s.lr),
                "-iter", str(s.epochs), "-threads", str(task.threads)]

    def train(self, task):
        vectors = os.path.join(task.folder, "vectors.bin")
        watched = run_watched(self.command(task), self.environment, awaited=vectors)
        return Training(watched, phases_of(watched.transcript, watched.appeared, watched.seconds), vectors)
