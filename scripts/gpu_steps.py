"""The steps of a check: programs that run inside a budget of time, which stages share, and a folder of results."""
import contextlib
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import Callable, NamedTuple

RESERVE = 5  # seconds of the budget that no stage gets
LEAST = 1.0  # seconds; with less time left no step is started
# What NVIDIA's tools say where they cannot be used.
REFUSALS = {"Device not supported": "the tool does not support this device",
            "ERR_NVGPUCTRPERM": "this user may not read the GPU's counters"}


class Ended(Exception):
    """Ends a step that has not passed."""

    def __init__(self, status, reason, printed=""):
        """`status`: 'fail', 'timeout', or 'unavailable' for what this machine or command line does not have. `printed`:
        the output of the program that failed."""
        super().__init__(reason)
        self.status, self.printed = status, printed


class Step(NamedTuple):
    name: str
    work: Callable  # returns figures or raises
    arguments: tuple = ()
    mandatory: bool = True  # if not, it may run out of time
    timed: bool = True  # if not, it takes no time, and runs even if there is none left


class Steps:
    """Runs steps and writes results.json after each of them, so that at most one is lost if the check is ended early.
    The output of all programs is in log.txt."""

    def __init__(self, folder, budget):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.budget, self.environment = folder, budget - RESERVE, environment()
        self.started = self.end = self.deadline = time.monotonic()
        self.results = {"status": "unfinished", "driver": None, "gpu": None, "date": time.strftime("%Y-%m-%d"),
                        "budget": budget, "seconds": 0.0, "steps": []}
        self.save()

    def save(self, status="unfinished"):
        self.results.update(status=status, seconds=round(time.monotonic() - self.started, 2))
        new = self.folder / "results.json.new"
        new.write_text(json.dumps(self.results, indent=2) + "\n")
        new.replace(self.folder / "results.json")

    def left(self):
        return self.deadline - time.monotonic()

    def run_stage(self, name, share, steps):
        """`share`: of the budget. The stage ends when all shares up to its own are used up, so it also gets what
        earlier ones have left over. A step gets half of what is left, the last one all of it: if one hangs, there is
        still time for the others."""
        self.end += self.budget * share
        print(f"== {name}, until {self.end - self.started:.0f} s", flush=True)
        for place, step in enumerate(steps):
            start = time.monotonic()
            more = any(later.timed for later in steps[place + 1:])
            self.deadline = start + max(0.0, self.end - start) / (2 if more else 1)
            record = {"stage": name, "name": step.name, "status": "pass", "seconds": 0.0,
                      "limit": round(self.deadline - start, 2), "mandatory": step.mandatory}
            try:
                if step.timed and self.left() < LEAST:
                    raise Ended("timeout", "it was not started")
                record.update(step.work(*step.arguments) or {})
            except Ended as reason:
                record.update(status=reason.status, reason=str(reason))
            except (ArithmeticError, EOFError, LookupError, OSError, ValueError) as reason:
                record.update(status="fail", reason=f"{type(reason).__name__}: {reason}")
            record["seconds"] = round(time.monotonic() - start, 2)
            self.results["steps"].append(record)
            self.save()
            why = ": " + record["reason"] if "reason" in record else ""
            print(f"{record['status']:11}{record['seconds']:8.1f} s  {step.name}{why}", flush=True)

    def tool(self, name):
        path = shutil.which(name, path=self.environment["PATH"])
        if not path:
            raise Ended("unavailable", f"there is no {name}")
        return path

    def command(self, *command):
        """Runs a program until the step's deadline. Returns its output."""
        command = list(map(str, command))
        name = os.path.basename(command[0])
        with open(self.folder / "log.txt", "a+b", buffering=0) as printed:
            printed.write(("\n$ " + " ".join(command) + "\n").encode())
            begin = printed.tell()
            # A session of its own, so that the program's child processes end with it.
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed,
                                       env=self.environment, start_new_session=True)
            try:
                status = process.wait(max(0.1, self.left()))
            except subprocess.TimeoutExpired:
                raise Ended("timeout", f"{name} was stopped, see log.txt") from None
            finally:
                with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):  # a driver may hold it
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait(RESERVE)
            printed.seek(begin)
            text = printed.read().decode(errors="replace")
        if status != 0:
            for refusal in filter(text.__contains__, REFUSALS):
                raise Ended("unavailable", REFUSALS[refusal])
            last = (text.strip().splitlines() or ["it printed nothing"])[-1]
            raise Ended("fail", f"{name} exited with {status}, see log.txt: {last}", text)
        return text

    def finish(self):
        """Returns the names of the steps that should have passed and did not."""
        unmet = [step["name"] for step in self.results["steps"]
                 if step["status"] == "fail" or step["mandatory"] and step["status"] == "timeout"]
        self.save("failed" if unmet else "passed")
        return unmet


def environment():
    """Adds where cuBLAS (for the full softmax) and NVIDIA's tools usually are; tests must not be skipped."""
    folders = ["/usr/local/cuda/lib64", *(os.path.join(place, "nvidia", "*", "lib") for place in sys.path)]
    libraries = [path for folder in folders for path in glob.glob(os.path.join(folder, "libcublas.so*"))]
    paths = [os.environ.get("LD_LIBRARY_PATH"), *dict.fromkeys(map(os.path.dirname, libraries))]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(filter(None, paths)), "WARP2VEC_REQUIRE_GPU": "1",
            "PATH": os.environ.get("PATH", os.defpath) + ":/usr/local/cuda/bin"}
