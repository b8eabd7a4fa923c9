#!/usr/bin/env python3
"""Kills training runs with SIGKILL again and again, resumes them, and checks every file after every kill: no partial
file under a final name, no checkpoint that cannot be resumed, and in the end the bytes of a run that was never
interrupted, with nothing left behind. A third of the kills are inside the calls that write files: after half of a
write, before an fsync, before and after a rename (tests/support/failing_calls.cpp); the others come at random times.
Ctrl-C ends the suite with what it has found so far.

    cmake --build --preset cpu-only --target warp2vec failing_calls
    scripts/kill_suite.py --build build/cpu-only --kills 1000
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

WORDS, EPOCHS = 20000, 4
BEFORE = b"what was there before"
CALLS = ("write", "fsync", "rename", "renamed")
SHARE_INSIDE = 1 / 3
MOST_CALLS = 40  # of a kind that a run makes, about
# Flags of the runs, and the files that they write beside c, the checkpoint, and m, the metrics.
VARIANTS = {
    "ns": ("--input text --output v.bin --save-model v.w2v --save-vocab v.words", ["v.bin", "v.w2v", "v.words"]),
    "hs": ("--input text --output v.txt --format text --loss hs --sharing tile", ["v.txt"]),
    "ids": ("--input ids --output v.npy --format npy --loss ns+hs", ["v.npy", "v.npy.vocab"]),
}
COMMON = f"--dim 8 --epochs {EPOCHS} --threads 2 --deterministic --device cpu --metrics m --quiet"
CHECKPOINTS = f"--checkpoint c --checkpoint-every {WORDS // 4}"


def total(counter):
    return sum(counter.values())


class Suite:
    """Trials in folders below `folder`, and the counts of what happened."""

    def __init__(self, program, shim, folder, seed):
        self.program, self.shim, self.folder = program, shim, folder
        self.random = random.Random(seed)
        self.kills, self.failures = Counter(), Counter()
        self.runs = 0
        self.inputs = folder / "inputs"
        self.inputs.mkdir()
        words = (f"w{i * i % 97 + i % 7}" + ("\n" if i % 10 == 9 else " ") for i in range(WORDS))
        (self.inputs / "text").write_text("".join(words))
        self.require(self.inputs, "encode --input text --output ids --quiet")
        self.wanted = {name: self.uninterrupted(name) for name in VARIANTS}

    def start(self, folder, flags, environment=None):
        self.runs += 1
        return subprocess.Popen([self.program, *flags.split()], cwd=folder, env={**os.environ, **(environment or {})},
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def require(self, folder, flags):
        process = self.start(folder, flags)
        message = process.communicate()[1].decode(errors="replace")
        if process.returncode != 0:
            raise SystemExit(f"kill_suite: {self.program} {flags} in {folder}: status {process.returncode}\n{message}")

    def new_folder(self, name):
        folder = Path(tempfile.mkdtemp(prefix=name + "-", dir=self.folder))
        for entry in ("text", "ids"):
            os.link(self.inputs / entry, folder / entry)
        return folder

    def command(self, name):
        return f"train {VARIANTS[name][0]} {COMMON} {CHECKPOINTS}"

    def uninterrupted(self, name):
        """The bytes of all outputs, and the seconds that the run takes."""
        folder = self.new_folder(name)
        begin = time.monotonic()
        self.require(folder, self.command(name))
        seconds = time.monotonic() - begin
        return {file: (folder / file).read_bytes() for file in VARIANTS[name][1]}, seconds

    def complain(self, kind, folder, detail):
        self.failures[kind] += 1
        print(f"kill_suite: {kind}: {detail}; see {folder}", file=sys.stderr)

    def kill_one(self, name, folder):
        """Starts or resumes the run, and kills it. False if it ended before."""
        flags = "train --resume c" if (folder / "c").exists() else self.command(name)
        # Not all of these are reached, so that a fixed share of the attempts would be too few.
        if sum(self.kills[call] for call in CALLS) <= SHARE_INSIDE * total(self.kills):
            kind = self.random.choice(CALLS)
            process = self.start(folder, flags, {
                "LD_PRELOAD": self.shim, "FAIL_CALL": kind, "FAIL_KILL": "1",
                "FAIL_PATH": "" if kind.startswith("rename") else str(folder),  # they are given relative paths
                "FAIL_AT": str(1 + int(MOST_CALLS ** self.random.random())), "FAIL_MARK": str(self.folder / "mark")})
        else:
            kind = "time"
            process = self.start(folder, flags)
            try:
                process.wait(self.random.uniform(0, 1.2 * self.wanted[name][1]))
            except subprocess.TimeoutExpired:
                process.kill()
        message = process.communicate()[1].decode(errors="replace")
        if process.returncode == -9:
            self.kills[kind] += 1
            return True
        if process.returncode != 0:
            self.complain("failed run", folder, f"{flags}: status {process.returncode}: {message}")
        return False

    def check_after_kill(self, name, folder):
        for file, wanted in self.wanted[name][0].items():
            if (folder / file).read_bytes() not in (BEFORE, wanted):
                self.complain("partial file", folder, file)
        if (folder / "c").exists():
            process = self.start(folder, "train --resume c --dry-run --quiet")
            message = process.communicate()[1].decode(errors="replace")
            if process.returncode != 0:
                self.complain("unreadable checkpoint", folder, message)

    def check_end(self, name, folder):
        for file, wanted in self.wanted[name][0].items():
            if (folder / file).read_bytes() != wanted:
                self.complain("other result", folder, file)
        expected = {"text", "ids", "c", "m", *self.wanted[name][0]}
        left = sorted(set(os.listdir(folder)) - expected)
        if left:
            self.complain("leftover", folder, ", ".join(left))
        done = [json.loads(line).get("tokens_done", 0) for line in (folder / "m").read_text().splitlines()
                if '"progress"' in line]
        if done != sorted(done):
            self.complain("metrics", folder, "they go backwards")

    def trial(self, name):
        """Kills one run until it ends by itself, or up to five times, and then lets it end."""
        before = total(self.failures)
        folder = self.new_folder(name)
        for file in self.wanted[name][0]:
            (folder / file).write_bytes(BEFORE)
        for _ in range(self.random.randint(1, 5)):
            if not self.kill_one(name, folder):
                break
            self.check_after_kill(name, folder)
        self.require(folder, "train --resume c" if (folder / "c").exists() else self.command(name))
        self.check_end(name, folder)
        if total(self.failures) == before:
            shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=Path("build/release"),
                        help="build folder (default build/release)")
    parser.add_argument("--kills", type=int, default=1000, help="how many (default 1000)")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices but times (default 1)")
    arguments = parser.parse_args()
    program = (arguments.build / "warp2vec").resolve()
    shim = next((arguments.build / "tests").resolve().glob("libfailing_calls.*"), None)
    if not program.exists() or shim is None:
        parser.error(f"{arguments.build} has no warp2vec and tests/libfailing_calls.so: build warp2vec and "
                     "failing_calls")
    begin = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="kill-suite-"))
    suite = Suite(str(program), str(shim), folder, arguments.seed)
    trials = 0
    try:
        while total(suite.kills) < arguments.kills and total(suite.failures) < 20:
            suite.trial(list(VARIANTS)[trials % len(VARIANTS)])
            trials += 1
    except KeyboardInterrupt:
        print("kill_suite: interrupted", file=sys.stderr)
    kinds = ", ".join(f"{suite.kills[kind]} {kind}" for kind in ("time", *CALLS))
    print(f"{total(suite.kills)} kills ({kinds}) of {trials} trainings in {suite.runs} runs, "
          f"{time.monotonic() - begin:.0f} s")
    for kind in ("partial file", "unreadable checkpoint", "other result", "leftover", "metrics", "failed run"):
        print(f"{suite.failures[kind]:6} {kind}")
    if suite.failures:
        sys.exit(1)  # the folder is to be looked at
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
