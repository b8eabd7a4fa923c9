"""Sentences in files, as iterables of lists of str."""
from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import os
from pathlib import Path
from typing import Iterable, Iterator, List, Optional, TextIO, Union

MAX_WORDS_IN_BATCH = 10000  # a longer sentence is split, as in gensim

Source = Union[str, "os.PathLike[str]", Iterable[str]]
_OPENERS = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}


def _open(path: Union[str, "os.PathLike[str]"]) -> TextIO:
    return _OPENERS.get(Path(path).suffix, open)(path, "rt", encoding="utf-8")  # type: ignore[operator,no-any-return]


def _split(words: List[str], longest: int) -> Iterator[List[str]]:
    for begin in range(0, len(words), longest):
        yield words[begin:begin + longest]


class LineSentence:
    """One sentence a line, words separated by white space.

    source: a path (also .gz, .bz2, .xz) or an iterable of lines that can be read again.
    max_sentence_length: longer sentences are split.
    limit: only this many first lines; None = all.
    """

    def __init__(self, source: Source, max_sentence_length: int = MAX_WORDS_IN_BATCH,
                 limit: Optional[int] = None) -> None:
        self.source = source
        self.max_sentence_length = max_sentence_length
        self.limit = limit

    def __iter__(self) -> Iterator[List[str]]:
        if isinstance(self.source, (str, os.PathLike)):
            with _open(self.source) as lines:
                yield from self._sentences(lines)
        else:
            if hasattr(self.source, "seek"):
                self.source.seek(0)
            yield from self._sentences(self.source)

    def _sentences(self, lines: Iterable[str]) -> Iterator[List[str]]:
        for line in itertools.islice(lines, self.limit):
            text = line.decode("utf-8") if isinstance(line, bytes) else line
            yield from _split(text.split(), self.max_sentence_length)


class PathLineSentences:
    """The lines of a file, or of all files of a folder in the order of their names, as LineSentence."""

    def __init__(self, source: Union[str, "os.PathLike[str]"], max_sentence_length: int = MAX_WORDS_IN_BATCH,
                 limit: Optional[int] = None) -> None:
        path = Path(source)
        if path.is_file():
            files = [path]
        elif path.is_dir():
            files = sorted(file for file in path.iterdir() if file.is_file())
        else:
            raise ValueError(f"{path}: expected a file or a folder")
        self.input_files = [str(file) for file in files]
        self.max_sentence_length = max_sentence_length
        self.limit = limit

    def __iter__(self) -> Iterator[List[str]]:
        for file in self.input_files:
            yield from LineSentence(file, self.max_sentence_length, self.limit)


class Text8Corpus:
    """A text without lines, in sentences of `max_sentence_length` words."""

    def __init__(self, fname: Union[str, "os.PathLike[str]"], max_sentence_length: int = MAX_WORDS_IN_BATCH) -> None:
        self.fname = fname
        self.max_sentence_length = max_sentence_length

    def __iter__(self) -> Iterator[List[str]]:
        sentence: List[str] = []
        rest = ""
        with _open(self.fname) as text:
            while block := text.read(1 << 16):
                words = (rest + block).split()
                ends_in_word = not block[-1].isspace()
                rest = words.pop() if words and ends_in_word else ""
                sentence += words
                while len(sentence) >= self.max_sentence_length:
                    yield sentence[:self.max_sentence_length]
                    sentence = sentence[self.max_sentence_length:]
        if rest:
            sentence.append(rest)
        yield from _split(sentence, self.max_sentence_length)
