"""Runs a program and notes when it printed what, how long it took, and how much memory."""
import os
import pty
import re
import select
import subprocess
import time
from dataclasses import dataclass
from typing import Optional

POLL_SECONDS = 0.01


class ProgramFailed(Exception):
    """A program ended with an error, or did not do what it is known to do."""


@dataclass(frozen=True)
class Transcript:
    """What a program printed: pieces (seconds since its start, text) as they arrived."""
    pieces: tuple

    @property
    def text(self):
        return "".join(text for _, text in self.pieces)

    def arrivals(self, pattern):
        """Every match of a pattern, and when its last character arrived."""
        found = []
        pieces = iter(self.pieces)
        seconds, arrived = 0.0, 0
        for match in re.finditer(pattern, self.text):
            while arrived < match.end():
                seconds, text = next(pieces)
                arrived += len(text)
            found.append((seconds, match))
        return found

    def time_of(self, pattern):
        """When the first match of a pattern had arrived."""
        found = self.arrivals(pattern)
        if not found:
            raise ProgramFailed(f"it never printed '{pattern}', but:\n{self.text[-2000:]}")
        return found[0][0]


@dataclass(frozen=True)
class Watched:
    transcript: Transcript
    seconds: float
    cpu_seconds: float
    peak_memory_bytes: int
    appeared: Optional[float]  # when the awaited file was there


def run_watched(command, environment=None, awaited=None):
    """Runs a command to its end. `environment`: variables set for it. `awaited`: a file that it will create."""
    # Programs print late into a pipe, but at once into a terminal.
    screen, printed_on = pty.openpty()
    begin = time.monotonic()
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed_on, stderr=printed_on,
                                   env={**os.environ, **(environment or {})})
    except OSError as reason:
        os.close(screen)
        raise ProgramFailed(f"it does not start: {reason}") from None
    finally:
        os.close(printed_on)
    try:
        transcript, appeared, peak = _follow(process.pid, screen, begin, awaited)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        os.close(screen)
        if process.returncode is None:
            process.kill()
            process.wait()
    if process.returncode:
        raise ProgramFailed(f"it ended with status {process.returncode} after printing:\n{transcript.text[-2000:]}")
    return Watched(transcript, seconds, used.ru_utime + used.ru_stime, peak, appeared)


def _follow(pid, screen, begin, awaited):
    """Reads what is printed until the program ends, and looks at it meanwhile."""
    pieces, appeared, peak, looked = [], None, 0, -POLL_SECONDS
    while True:
        readable, _, _ = select.select([screen], [], [], POLL_SECONDS)
        now = time.monotonic() - begin
        if now - looked >= POLL_SECONDS:
            looked = now
            peak = max(peak, peak_memory_so_far(pid))
            if awaited and appeared is None and os.path.exists(awaited):
                appeared = now
        if readable:
            try:
                data = os.read(screen, 65536)
            except OSError:  # so a terminal says that nobody is left who could print
                data = b""
            if not data:
                return Transcript(tuple(pieces)), appeared, peak
            pieces.append((now, data.decode("utf-8", "replace")))


def peak_memory_so_far(pid):
    """In bytes, by what the kernel keeps of the program itself: the figure that wait4() gives is never below the memory
    of the process that started it."""
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0  # it has just ended
