"""What quality_grid and compare_peers have in common: command lines and exit, the measuring conditions, running
programs under observation, the quality of vectors, and tables."""
import argparse
import hashlib
import itertools
import json
import os
import platform
import pty
import re
import select
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import NamedTuple, Optional

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.01


class ProgramFailed(Exception):
    """A program ended with an error, or did not behave as expected."""


# Commands: their arguments and exit.

def positive(text):
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def existing(kind, is_one):
    """An argparse type: checks a path and returns it as an absolute path."""
    def checked(path):
        if not is_one(path):
            raise argparse.ArgumentTypeError(f"there is no {kind} {path}")
        return os.path.abspath(path)
    return checked


existing_file = existing("file", os.path.isfile)
existing_folder = existing("folder", os.path.isdir)
existing_program = existing("program", lambda path: os.path.isfile(path) and os.access(path, os.X_OK))


def add_number(parser, flag, default, what="", **more):
    parser.add_argument(flag, type=positive, default=default, help=f"{what}(default %(default)s)", **more)


def add_evaluation_files(parser):
    for flag, what in (("--pairs", "word-pair files"), ("--analogies", "analogy files")):
        parser.add_argument(flag, type=existing_file, nargs="+", action="extend", default=[], help=what)


def run_command(name, main, after_interrupt=""):
    """Runs main(). Failed programs, SIGINT and SIGTERM end it with status 1 and one line that begins with `name`;
    SIGTERM also ends the programs that it has started. `after_interrupt`: appended to the line for SIGINT."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{name}: terminated"))
    try:
        main()
    except ProgramFailed as reason:
        sys.exit(f"{name}: {reason}")
    except subprocess.CalledProcessError as failure:  # it has printed the reason
        sys.exit(f"{name}: this failed: {' '.join(failure.cmd)}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted{after_interrupt}")


# The checkout, the machine, and files.

def script(name, *arguments):
    """Runs a script of the project; exits if it fails."""
    if subprocess.run([ROOT / "scripts" / name, *arguments]).returncode:
        sys.exit(f"scripts/{name} failed")


def built_program():
    script("build-program.sh")
    return str(ROOT / "build/release/warp2vec")


def dictionary():
    """The default text; downloaded unless it exists."""
    path = str(ROOT / "build/demo/gcide.txt")
    script("fetch-dictionary.sh", path)
    return path


def conditions():
    """Where and when something was measured, and at which commit: with '+changes' if a tracked file differs from it."""
    models = re.findall(r"^model name\s*: *(.*?) *$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    describe = ["git", "-C", ROOT, "describe", "--always", "--dirty=+changes", "--abbrev=9", "--exclude=*"]
    try:
        commit = subprocess.run(describe, capture_output=True, text=True).stdout.strip()
    except OSError:
        commit = ""
    return {"machine": {"cpu": models[0] if models else platform.processor(), "cores": os.cpu_count(),
                        "system": platform.platform()},
            "commit": commit or "unknown", "date": time.strftime("%Y-%m-%d")}


def write_whole(path, text):
    """Writes a file atomically."""
    new = Path(f"{path}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def write_json(path, value):
    write_whole(path, json.dumps(value, indent=2) + "\n")


def sha256(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


# Programs.

class Watched(NamedTuple):
    """The record of a program that has ended."""
    printed: tuple  # pieces (seconds since the start, text) as they arrived
    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    appeared: Optional[float]  # when the awaited file appeared

    @property
    def text(self):
        return "".join(text for _, text in self.printed)

    def first(self, pattern, otherwise=None):
        """Returns when the first match of a pattern was printed, and the match. `otherwise`: the error if there is
        none."""
        match = re.search(pattern, self.text)
        if not match:
            raise ProgramFailed(otherwise or f"it never printed '{pattern}', but:\n{self.text[-2000:]}")
        ends = itertools.accumulate(len(text) for _, text in self.printed)
        return next(seconds for (seconds, _), end in zip(self.printed, ends) if end >= match.end()), match


def run_watched(command, environment=None, awaited=None):
    """Runs a command to its end. `environment`: variables to set. `awaited`: a file that it will create."""
    # Programs buffer their output to a pipe, but not to a terminal.
    ours, theirs = pty.openpty()
    begin = time.monotonic()
    with open(ours, "rb", buffering=0) as screen:
        with open(theirs, "wb", buffering=0) as terminal:
            try:
                process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=terminal,
                                           stderr=terminal, env={**os.environ, **(environment or {})})
            except OSError as reason:
                raise ProgramFailed(f"it does not start: {reason}") from None
        try:
            printed, appeared, peak = _follow(process.pid, screen, begin, awaited)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            seconds = time.monotonic() - begin
        finally:
            process.kill()
            process.wait()
    watched = Watched(printed, seconds, used.ru_utime + used.ru_stime, peak, appeared)
    if process.returncode:
        raise ProgramFailed(f"it ended with status {process.returncode} after printing:\n{watched.text[-2000:]}")
    return watched


def _follow(pid, screen, begin, awaited):
    """Reads the output until the program ends, and samples its memory meanwhile."""
    pieces, appeared, peak, looked = [], None, 0, -POLL_SECONDS
    while True:
        readable, _, _ = select.select([screen], [], [], POLL_SECONDS)
        now = time.monotonic() - begin
        if now - looked >= POLL_SECONDS:
            looked = now
            peak = max(peak, _peak_memory_so_far(pid))
        if awaited and appeared is None and os.path.exists(awaited):
            appeared = now
        if readable:
            try:
                data = screen.read(65536)
            except OSError:  # how a terminal signals that no writer is left
                data = b""
            if not data:
                return tuple(pieces), appeared, peak
            pieces.append((now, data.decode("utf-8", "replace")))


def _peak_memory_so_far(pid):
    """In bytes, from the kernel's figure for the program itself: that of wait4() is never below the memory of the
    parent process."""
    peak = re.search(r"^VmHWM:\s*(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(peak[1]) * 1024 if peak else 0  # it has just ended


# warp2vec.

def version(program):
    return subprocess.check_output([program, "--version"], text=True).strip()


def train_command(program, folder, **flags):
    """`warp2vec train` with flags (min_count=5 is --min-count 5), which writes vectors.bin and metrics to a folder."""
    given = [part for name, value in flags.items() for part in ("--" + name.replace("_", "-"), value)]
    return [program, "train", "--output", Path(folder, "vectors.bin"), "--metrics", Path(folder, "metrics.jsonl"),
            "--quiet", *given]


def closing_summary(folder):
    return json.loads(Path(folder, "metrics.jsonl").read_text().strip().split("\n")[-1])


def evaluate(program, vectors, pairs, analogies):
    """The result of `warp2vec eval` for a file of vectors: a figure for each file of word pairs and of analogies, named
    'spearman FILE' or 'analogies FILE'; None if none of its words is known."""
    if not pairs and not analogies:
        return {}
    files = [part for flag, paths in (("--pairs", pairs), ("--analogies", analogies)) for path in paths
             for part in (flag, path)]
    command = [program, "eval", "--vectors", str(vectors), "--json", *files]
    report = json.loads(subprocess.check_output(command, text=True))
    return {**{"spearman " + os.path.basename(own["file"]): own["spearman"] for own in report["pairs"]},
            **{"analogies " + os.path.basename(own["file"]): own["all"]["accuracy"] for own in report["analogies"]}}


def quality_label(key):
    """'spearman men.tsv' -> 'men'"""
    return os.path.splitext(key.split(" ", 1)[1])[0]


def quality_text(key, value):
    if value is None:
        return "-"
    return f"{value:.1%}" if key.startswith("analogies ") else f"{value:.3f}"


def grouped(items, key):
    """Lists of items with equal keys, in order of first occurrence."""
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


# Tables of texts: a header, then rows with the same number of cells.

def plain(table):
    """Formats a table in columns for a terminal; a long header takes several lines."""
    headers = [textwrap.wrap(title, 10, break_long_words=False, break_on_hyphens=False) for title in table[0]]
    height = max(map(len, headers))
    lines = [*zip(*([""] * (height - len(words)) + words for words in headers)), *table[1:]]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "".join("  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() + "\n"
                   for line in lines)


def markdown(table):
    rule = ["---"] + ["---:"] * (len(table[0]) - 1)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n"
                   for line in [table[0], rule, *table[1:]])


def bullets(notes):
    return "".join(f"- {note}\n" for note in notes)
