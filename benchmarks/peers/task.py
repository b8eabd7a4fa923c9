"""What every program is asked to do, and what it did."""
from dataclasses import dataclass

from measure.watched_process import Watched


@dataclass(frozen=True)
class Settings:
    """The same for all programs."""
    loss: str
    dim: int
    window: int
    negative: int
    sample: float
    min_count: int
    lr: float
    epochs: int


@dataclass(frozen=True)
class Text:
    path: str
    words: int  # of any kind
    lines: int


@dataclass(frozen=True)
class Task:
    text: Text
    settings: Settings
    threads: int
    seed: int
    folder: str  # empty; for what the program writes


@dataclass(frozen=True)
class Phases:
    """Seconds. What is left of the whole is starting, tables and matrices, as far as a program lets these be told
    apart."""
    vocabulary: float
    training: float
    save: float


@dataclass(frozen=True)
class Training:
    watched: Watched
    phases: Phases
    vectors: str  # the file
