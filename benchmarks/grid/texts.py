"""The texts that are trained, and how the vectors of each are judged."""
import lzma
from collections import Counter
from dataclasses import dataclass
from typing import Callable

from grid.graphs import walks

LINE = 20  # words
EVERY = 50  # lines one repeats a word
RUN = 40  # times
LONG_RUNS, LONG_RUN = 10, 1000
RANKS = (100, 200, 400, 800, 1600)  # of the words that are repeated, by how often the text has them


@dataclass(frozen=True)
class Text:
    name: str
    path: str
    min_count: int
    epochs: int
    judge: Callable  # from a file of vectors, and what is in it, to figures


def head_of(path, most_bytes):
    """The first bytes of a file, plain or .xz, up to the end of a word."""
    with (lzma.open if path.endswith(".xz") else open)(path, "rb") as source:
        head = source.read(most_bytes)
        if not source.read(1):
            return head
    end = max(head.rfind(b" "), head.rfind(b"\n"))
    return head[:end + 1] if end >= 0 else head


def with_runs(text):
    """The words of a text (bytes) in short lines, and among these such that repeat one word: every 50th line, and a few
    long ones."""
    words = text.split()
    common = [word for word, _ in Counter(words).most_common(RANKS[-1])]
    repeated = [common[min(rank, len(common)) - 1] for rank in RANKS]
    lines = [words[begin:begin + LINE] for begin in range(0, len(words), LINE)]
    between = max(1, len(lines) // LONG_RUNS)  # lines from one long run to the next
    made = []
    runs, long_runs = 0, 0
    for number, line in enumerate(lines, 1):
        made.append(line)
        if number % (EVERY - 1) == 0:
            made.append([repeated[runs % len(repeated)]] * RUN)
            runs += 1
        if number % between == 0 and long_runs < LONG_RUNS:
            made.append([repeated[long_runs % len(repeated)]] * LONG_RUN)
            long_runs += 1
    return b"".join(b" ".join(line) + b"\n" for line in made)


def walks_text(graph, for_each_node, length):
    return "".join(" ".join(walk) + "\n" for walk in walks(graph, for_each_node, length)).encode()
