"""How many words a pass over a text trains, so that one number is behind every speed."""
import os
import subprocess
from typing import NamedTuple


class Counts(NamedTuple):
    words: int  # of the vocabulary
    tokens: int  # of the text that are in it


def count_words(program, corpus, min_count, folder):
    """By `warp2vec vocab`."""
    vocabulary = os.path.join(folder, "vocabulary.txt")
    subprocess.run([program, "vocab", "--input", corpus, "--output", vocabulary, "--min-count", str(min_count),
                    "--quiet"], check=True)
    with open(vocabulary, encoding="utf-8", errors="replace") as lines:
        counts = [int(line.rpartition(" ")[2]) for line in lines]
    return Counts(len(counts), sum(counts))
