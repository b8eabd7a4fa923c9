"""The texts that are trained."""
import math
import os
from dataclasses import dataclass

from measure.watched_process import OutOfTime
from measure.zipf_text import TOKENS_PER_WORD, most_bytes, write_zipf_text


@dataclass(frozen=True)
class Given:
    """A text that is there."""
    name: str
    path: str
    words: int  # of the vocabulary
    tokens: int  # that are in it
    min_count: int = 5

    bytes_to_write = 0

    def prepare(self, out_of_time):
        pass


@dataclass(frozen=True)
class Made:
    """A text that is written when it is first trained."""
    words: int
    folder: str
    min_count: int = 1

    @property
    def name(self):
        return f"{self.words:,} words"

    @property
    def path(self):
        return os.path.join(self.folder, f"zipf-{self.words}.txt")

    @property
    def tokens(self):
        return TOKENS_PER_WORD * self.words

    @property
    def bytes_to_write(self):
        return 0 if os.path.exists(self.path) else most_bytes(self.words)

    def prepare(self, out_of_time):
        if not os.path.exists(self.path):
            print(f"writing a text of {self.words:,} distinct words", flush=True)
            if not write_zipf_text(self.path, self.words, out_of_time):
                raise OutOfTime("there was no time left to write the text")


def epochs_for(text, words):
    """As few as train at least so many words of the text."""
    return max(1, math.ceil(words / text.tokens))
