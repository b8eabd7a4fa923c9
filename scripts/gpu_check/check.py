"""Steps that share a budget of time, and the report of them."""
import json
import os
import signal
import subprocess
import time

RESERVE = 5  # seconds of the budget that are kept for the report


class Failed(Exception):
    def __init__(self, reason, printed=""):
        super().__init__(reason)
        self.printed = printed  # by the program that failed


class TimedOut(Exception):
    pass


class Skipped(Exception):
    pass


class Check:
    """Runs steps and writes results.json after each of them, so that what ends the check early loses no more than one
    step."""

    def __init__(self, folder, budget, facts, environment):
        os.makedirs(folder, exist_ok=True)
        self.folder = folder
        self.environment = environment
        self.started = time.monotonic()
        self.end = self.started + budget - RESERVE
        self.deadline = self.end
        self.results = {"status": "unfinished", **facts, "budget": budget, "seconds": 0.0, "steps": []}
        self.save()

    def left(self):
        return self.end - time.monotonic()

    def path(self, name):
        return os.path.join(self.folder, name)

    def save(self):
        self.results["seconds"] = round(time.monotonic() - self.started, 2)
        path = self.path("results.json")
        with open(path + ".new", "w") as out:
            json.dump(self.results, out, indent=2)
            out.write("\n")
        os.replace(path + ".new", path)

    def step(self, name, work, mandatory=True, limit=None, least=2.0):
        """Calls work(), which returns figures or raises. `limit`: seconds at most. With less than `least` seconds left it
        is not begun."""
        record = {"name": name, "status": "pass", "seconds": 0.0, "mandatory": mandatory}
        start = time.monotonic()
        left = self.left()
        self.deadline = start + (left if limit is None else min(left, limit))
        try:
            if left < least:
                raise Skipped("out of time")
            record.update(work() or {})
        except Skipped as reason:
            record.update(status="skipped", reason=str(reason))
        except TimedOut as reason:
            record.update(status="timeout", reason=str(reason))
        except (Failed, OSError, LookupError, ValueError) as reason:
            record.update(status="fail", reason=f"{type(reason).__name__}: {reason}")
        record["seconds"] = round(time.monotonic() - start, 2)
        self.results["steps"].append(record)
        self.save()
        why = ": " + record["reason"] if "reason" in record else ""
        print(f"{record['status']:8}{record['seconds']:8.1f} s  {name}{why}", flush=True)
        return record

    def command(self, command, log, more_environment=None):
        """Runs a program until the step's deadline, with what it prints added to `log`. Returns what it added."""
        path = self.path(log)
        with open(path, "ab") as printed:
            printed.write(("\n$ " + " ".join(command) + "\n").encode())
            printed.flush()
            begin = printed.tell()
            # A session of its own, so that what the program has started ends with it.
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed,
                                       env={**self.environment, **(more_environment or {})}, start_new_session=True)
            try:
                status = process.wait(max(0.1, self.deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise TimedOut(f"{os.path.basename(command[0])} was stopped, see {log}") from None
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        with open(path, "rb") as printed:
            printed.seek(begin)
            text = printed.read().decode(errors="replace")
        if status != 0:
            last = (text.strip().splitlines() or ["it printed nothing"])[-1]
            raise Failed(f"{os.path.basename(command[0])} exited with {status}, see {log}: {last}", text)
        return text

    def finish(self):
        """What was mandatory and did not pass; none: the check has passed."""
        unmet = [step["name"] for step in self.results["steps"] if step["mandatory"] and step["status"] != "pass"]
        self.results["status"] = "failed" if unmet else "passed"
        self.save()
        return unmet
