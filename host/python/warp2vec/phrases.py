"""Phrases: adjacent words that occur together more often than by chance, joined into one, as gensim's Phrases."""
from __future__ import annotations

import inspect
import itertools
import json
import logging
import os
from typing import Any, Callable, Dict, FrozenSet, Iterable, Iterator, List, Optional, Tuple, Union

from . import _core
from ._files import replacing

logger = logging.getLogger(__name__)

Scoring = Callable[..., float]
Judged = Tuple[Optional[str], Optional[float]]

# What may stand inside of English phrases, and neither begins nor ends one; gensim's.
ENGLISH_CONNECTOR_WORDS: FrozenSet[str] = frozenset(
    "a an the for of with without at from to in on by and or".split())


def original_scorer(worda_count: int, wordb_count: int, bigram_count: int, len_vocab: int, min_count: float,
                    corpus_word_count: int) -> float:
    """(c(a b) - min_count) / (c(a) c(b)) len_vocab, after T. Mikolov et al. 2013; len_vocab: all distinct words and
    candidates."""
    del corpus_word_count
    return _core.original_score(worda_count, wordb_count, bigram_count, len_vocab, min_count)


def npmi_scorer(worda_count: int, wordb_count: int, bigram_count: int, len_vocab: int, min_count: float,
                corpus_word_count: int) -> float:
    """ln(P(a b) / (P(a) P(b))) / -ln P(a b), in [-1, 1] (G. Bouma 2009); -inf for rarer phrases than min_count."""
    del len_vocab
    return _core.npmi_score(worda_count, wordb_count, bigram_count, min_count, corpus_word_count)


_BUILT_IN: Dict[str, Scoring] = {"default": original_scorer, "npmi": npmi_scorer}
_ARGUMENTS = list(inspect.signature(original_scorer).parameters)


def _checked_scoring(scoring: Union[str, Scoring]) -> Scoring:
    if isinstance(scoring, str):
        if scoring not in _BUILT_IN:
            raise ValueError(f"scoring={scoring!r}: expected 'default', 'npmi' or a function")
        return _BUILT_IN[scoring]
    parameters = inspect.signature(scoring).parameters
    missing = [name for name in _ARGUMENTS if name not in parameters]
    if missing:
        raise ValueError(f"scoring: a function without the arguments {', '.join(missing)}")
    return scoring


def _scoring_name(scoring: Scoring) -> Optional[str]:
    return next((name for name, function in _BUILT_IN.items() if function is scoring), None)


class _Joined:
    """The sentences of a corpus with their phrases joined; may be read again if the corpus may."""

    def __init__(self, phrases: "_PhrasesTransformation", corpus: Iterable[Iterable[str]]) -> None:
        self.phrases = phrases
        self.corpus = corpus

    def __iter__(self) -> Iterator[List[str]]:
        for sentence in self.corpus:
            yield self.phrases._join(sentence)

    def __len__(self) -> int:
        return len(self.corpus)  # type: ignore[arg-type]


class _PhrasesTransformation:
    """Joins the phrases of sentences. A candidate is two words between which only connectors stand; score_candidate()
    says whether it is a phrase. Sentences are read from left to right, and a word is joined at most once."""

    def __init__(self, connector_words: Iterable[str]) -> None:
        self.connector_words = frozenset(connector_words)

    def score_candidate(self, word_a: str, word_b: str, in_between: List[str]) -> Judged:
        """(phrase, score), or (None, None) for what is no phrase."""
        raise NotImplementedError("score_candidate: a class of its own says what a phrase is")

    def _join(self, sentence: Iterable[str]) -> List[str]:
        return _core.join_judged(sentence, self.connector_words, self.score_candidate)

    def _analyzed(self, sentence: Iterable[str]) -> List[Tuple[Any, Optional[float]]]:
        return _core.analyze_judged(sentence, self.connector_words, self.score_candidate)

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[Tuple[str, Optional[float]]]:
        """(token, score) for a phrase, (word, None) for another word."""
        return iter(self._analyzed(sentence))

    def __getitem__(self, sentence: Any) -> Any:
        """A sentence, an iterable of str, with its phrases joined: a list of str. Of an iterable of sentences: an
        iterable of these."""
        if isinstance(sentence, str):
            raise TypeError("a sentence is a list of words, not one str")
        items = iter(sentence)
        try:
            first = next(items)
        except StopIteration:
            return []
        is_iterator = items is sentence
        if is_iterator:  # the first item is out of it now
            sentence = itertools.chain([first], items)
        return self._join(sentence) if isinstance(first, str) else _Joined(self, sentence)

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> Dict[str, float]:
        """The phrases in these sentences, with their scores."""
        return {token: score for sentence in sentences for token, score in self._analyzed(sentence)
                if score is not None}


class Phrases(_PhrasesTransformation):
    """Finds phrases by the counts of words and of candidates: gensim's Phrases, with its arguments and defaults, and
    equal results.

    sentences: an iterable of lists of str, read once; more with add_vocab(). min_count: rarer words and phrases are
    left out. threshold: phrases are candidates with a higher score. max_vocab_size: when there are more distinct words
    and candidates than this, rare ones are forgotten. delimiter: what joins the words. scoring: 'default'
    (original_scorer), 'npmi', or a function with the arguments of original_scorer. connector_words: which may stand
    inside of phrases, such as ENGLISH_CONNECTOR_WORDS.

    vocab: {word or candidate: count}, a copy. corpus_word_count: words so far.
    """

    def __init__(self, sentences: Optional[Iterable[Iterable[str]]] = None, min_count: float = 5,
                 threshold: float = 10.0, max_vocab_size: int = 40000000, delimiter: str = "_",
                 progress_per: int = 10000, scoring: Union[str, Scoring] = "default",
                 connector_words: Iterable[str] = frozenset()) -> None:
        super().__init__(connector_words)
        self.scoring = _checked_scoring(scoring)
        if min_count <= 0:
            raise ValueError(f"min_count={min_count}: expected more than 0")
        if self.scoring is original_scorer and threshold <= 0:
            raise ValueError(f"threshold={threshold}: expected more than 0")
        if self.scoring is npmi_scorer and not -1 <= threshold <= 1:
            raise ValueError(f"threshold={threshold}: expected -1 to 1 with npmi")
        if not delimiter:
            raise ValueError("delimiter='': expected a text")
        self.min_count = min_count
        self.threshold = threshold
        self.max_vocab_size = max_vocab_size
        self.delimiter = delimiter
        self.progress_per = progress_per
        self._counts = _core.PhraseCounts(delimiter, max_vocab_size)
        self._vocab: Optional[Dict[str, int]] = None
        if sentences is not None:
            self.add_vocab(sentences)

    def __str__(self) -> str:
        return (f"Phrases<{len(self._counts)} vocab, min_count={self.min_count}, threshold={self.threshold}, "
                f"max_vocab_size={self.max_vocab_size}>")

    @property
    def vocab(self) -> Dict[str, int]:
        if self._vocab is None:
            self._vocab = self._counts.items()
        return self._vocab

    @property
    def corpus_word_count(self) -> int:
        return self._counts.words

    @property
    def min_reduce(self) -> int:
        return self._counts.min_reduce

    def add_vocab(self, sentences: Iterable[Iterable[str]]) -> None:
        """Counts more sentences."""
        def report(sentence: int, words: int, types: int) -> None:
            logger.info("PROGRESS: at sentence #%i, processed %i words and %i word types", sentence, words, types)

        logger.info("collecting all words and their counts")
        self._vocab = None
        added, words = self._counts.add(sentences, self.connector_words,
                                        self.progress_per if logger.isEnabledFor(logging.INFO) else 0, report)
        logger.info("collected %i token types (unigram + bigrams) from a corpus of %i words and %i sentences",
                    len(self._counts), words, added)

    def _scoring(self) -> _core.PhraseScoring:
        return _core.PhraseScoring(_scoring_name(self.scoring) or self.scoring, self.min_count, self.threshold)

    def score_candidate(self, word_a: str, word_b: str, in_between: List[str]) -> Judged:
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self._counts.score(word_a, word_b, phrase, self._scoring())
        return (None, None) if score is None else (phrase, score)

    def _join(self, sentence: Iterable[str]) -> List[str]:
        return _core.join_counted(sentence, self.connector_words, self._counts, self._scoring())

    def _analyzed(self, sentence: Iterable[str]) -> List[Tuple[Any, Optional[float]]]:
        return _core.analyze_counted(sentence, self.connector_words, self._counts, self._scoring())

    def export_phrases(self) -> Dict[str, float]:
        """All phrases, with their scores."""
        return self._counts.phrases(self._scoring())

    def freeze(self) -> "FrozenPhrases":
        """The phrases alone: smaller, and faster to apply."""
        return FrozenPhrases(self)

    def save(self, fname: Any) -> None:
        """As JSON; load() reads it."""
        _save(fname, self, max_vocab_size=self.max_vocab_size, progress_per=self.progress_per,
              corpus_word_count=self.corpus_word_count, min_reduce=self.min_reduce, vocab=self.vocab)

    @classmethod
    def load(cls, fname: Any, scoring: Optional[Scoring] = None) -> "Phrases":
        """What save() wrote. scoring: the function of phrases that one of the user's own scores; the file has only its
        name."""
        read = _read(fname, cls, scoring)
        result = cls(min_count=read["min_count"], threshold=read["threshold"], max_vocab_size=read["max_vocab_size"],
                     delimiter=read["delimiter"], progress_per=read["progress_per"], scoring=read["scoring"],
                     connector_words=read["connector_words"])
        result._restore(read["vocab"], read["corpus_word_count"], read["min_reduce"])
        return result

    def _restore(self, vocab: Dict[str, int], words: int, min_reduce: int) -> None:
        self._counts = _core.PhraseCounts(self.delimiter, self.max_vocab_size)
        self._counts.restore(list(vocab.items()), words, min_reduce)
        self._vocab = None

    def __getstate__(self) -> Dict[str, Any]:
        state = {name: value for name, value in self.__dict__.items() if name not in ("_counts", "_vocab")}
        return {**state, "_restored": (self.vocab, self.corpus_word_count, self.min_reduce)}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        state = dict(state)
        restored = state.pop("_restored")
        self.__dict__.update(state)
        self._restore(*restored)


class FrozenPhrases(_PhrasesTransformation):
    """The phrases that a Phrases has found, without its counts. phrasegrams: {phrase: score}, which may be changed."""

    def __init__(self, phrases_model: Phrases) -> None:
        super().__init__(phrases_model.connector_words)
        self.threshold = phrases_model.threshold
        self.min_count = phrases_model.min_count
        self.delimiter = phrases_model.delimiter
        self.scoring = phrases_model.scoring
        logger.info("exporting phrases from %s", phrases_model)
        self.phrasegrams = phrases_model.export_phrases()

    def __str__(self) -> str:
        return f"FrozenPhrases<{len(self.phrasegrams)} phrases, min_count={self.min_count}, threshold={self.threshold}>"

    def score_candidate(self, word_a: str, word_b: str, in_between: List[str]) -> Judged:
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase)
        return (None, None) if score is None or score <= self.threshold else (phrase, score)

    def _join(self, sentence: Iterable[str]) -> List[str]:
        return _core.join_listed(sentence, self.connector_words, self.delimiter, self.phrasegrams, self.threshold)

    def _analyzed(self, sentence: Iterable[str]) -> List[Tuple[Any, Optional[float]]]:
        return _core.analyze_listed(sentence, self.connector_words, self.delimiter, self.phrasegrams, self.threshold)

    def save(self, fname: Any) -> None:
        """As JSON; load() reads it."""
        _save(fname, self, phrasegrams=self.phrasegrams)

    @classmethod
    def load(cls, fname: Any, scoring: Optional[Scoring] = None) -> "FrozenPhrases":
        """What save() wrote. scoring: as Phrases.load()."""
        read = _read(fname, cls, scoring)
        result = cls(Phrases(min_count=read["min_count"], threshold=read["threshold"], delimiter=read["delimiter"],
                             scoring=read["scoring"], connector_words=read["connector_words"]))
        result.phrasegrams = read["phrasegrams"]
        return result


Phraser = FrozenPhrases  # gensim's older name


def _save(fname: Any, phrases: Union[Phrases, FrozenPhrases], **values: Any) -> None:
    scoring = _scoring_name(phrases.scoring) or {"function": getattr(phrases.scoring, "__qualname__", "")}
    content = {"warp2vec": type(phrases).__name__, "min_count": phrases.min_count, "threshold": phrases.threshold,
               "delimiter": phrases.delimiter, "scoring": scoring,
               "connector_words": sorted(phrases.connector_words), **values}
    with replacing(fname) as file:
        file.write(json.dumps(content, ensure_ascii=False).encode("utf-8"))


def _read(fname: Any, cls: type, scoring: Optional[Scoring]) -> Dict[str, Any]:
    with open(fname, "rb") as file:
        text = file.read()
    try:
        read = json.loads(text)
        kind = read["warp2vec"]
    except (ValueError, KeyError, TypeError):
        raise ValueError(f"{os.fspath(fname)}: not a file that {cls.__name__}.save() wrote") from None
    if kind != cls.__name__:
        raise ValueError(f"{os.fspath(fname)}: expected {cls.__name__}, found {kind}")
    if scoring is not None:
        read["scoring"] = scoring
    elif not isinstance(read["scoring"], str):
        raise ValueError(f"{os.fspath(fname)}: phrases that {read['scoring']['function']}() scores: expected that "
                         "function as load(..., scoring=)")
    return dict(read)
