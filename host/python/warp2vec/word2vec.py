"""Word2Vec: gensim's class over warp2vec's trainer."""
from __future__ import annotations

import copy
import itertools
import logging
import os
import time
import warnings
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np

from . import _core
from ._columns import as_column
from .keyedvectors import KeyedVectors, _deprecated, readable

logger = logging.getLogger(__name__)

Sentences = Any  # an iterable of iterables of str, a column of texts, or a function that returns one of these
Path = Union[str, "os.PathLike[str]"]
RULE_DEFAULT, RULE_DISCARD, RULE_KEEP = 0, 1, 2  # what a trim_rule(word, count, min_count) returns, as in gensim
TrimRule = Callable[[str, int, int], int]


class CallbackAny2Vec:
    """Base of callbacks; each gets the model."""

    def on_epoch_begin(self, model: "Word2Vec") -> None:
        pass

    def on_epoch_end(self, model: "Word2Vec") -> None:
        pass

    def on_train_begin(self, model: "Word2Vec") -> None:
        pass

    def on_train_end(self, model: "Word2Vec") -> None:
        pass


def _makes_sentences(sentences: Any) -> bool:
    return callable(sentences) and not hasattr(sentences, "__iter__")


def _checked(sentences: Any) -> Any:
    """The sentences, unless they are something that iterates but is no list of lists of words: a column of texts as
    such, and for a function what it returns."""
    if _makes_sentences(sentences):
        sentences = sentences()
    if isinstance(sentences, (str, bytes)):
        raise TypeError("sentences is one str: expected an iterable of lists of str; corpus_file takes a path")
    if isinstance(sentences, Sequence) and sentences and isinstance(sentences[0], str):
        logger.warning("Each 'sentences' item should be a list of words (usually unicode strings). First item here is "
                       "instead plain %s.", type(sentences[0]))
    return as_column(sentences)


def _chosen_gpu(device: str) -> Optional[int]:
    """The GPU to train on, or None for the CPU."""
    if device == "cpu":
        return None
    kind, _, number = device.partition(":")
    if kind not in ("auto", "cuda") or (number and (kind == "auto" or not number.isdigit())):
        raise ValueError(f"device={device!r}: expected 'auto', 'cpu', 'cuda' or 'cuda:N'")
    found = _core.cuda_devices()
    usable = [gpu.index for gpu in found.usable]
    if number and int(number) in usable:
        return int(number)
    if usable and not number:
        return usable[0]
    if kind == "auto":
        return None
    raise ValueError(f"device={device!r} is not usable: {'; '.join(found.problems) or 'there is no such GPU'}")


class _Resumed(NamedTuple):
    """A run that goes on."""
    path: str
    checkpoint: _core.Checkpoint
    config: _core.Config


class Word2Vec:
    """Trains vectors of words: gensim's Word2Vec, with its arguments and defaults, except that `workers` is all CPUs.

    sentences: an iterable of lists of str, which is read once to count and keep its words, 4 bytes each; or a column of
    Arrow, pandas or polars, of which each row is a text with words separated by white space, or a list of words; or a
    function that returns one of these, which is called to count the words and then for each epoch. corpus_file: a text,
    its lines are sentences. Without either, call build_vocab() and train().

    vector_size: 1 to 4096. alpha, min_alpha: learning rates of the first and the last word. window: largest distance
    between words, 1 to 1000. min_count: rarer words are dropped. sample: frequent words are skipped from this share of
    the text on; 0 = none. sg: 1 skip-gram, 0 CBOW. hs: 1 hierarchical softmax. negative: number of negatives, 0 = none.
    cbow_mean: 0 sum, 1 mean. max_final_vocab: min_count is raised until no more words than this are left. sorted_vocab:
    0 for words in the order of their first occurrence, with vectors that are copied from those trained after each
    epoch. shrink_windows: windows of 1 to
    `window` words, at random.

    Not gensim's: device: 'cpu', 'cuda', 'cuda:N', or 'auto', a GPU if there is one. sharing: 'auto', or how negatives
    are shared ('pair' as gensim, 'window', 'tile'). table_type: 'float', or 'bf16' on a GPU. deterministic: the same
    vectors for any number of workers. loss: 'ns', 'hs', 'ns+hs' or 'softmax', the full one, in the place of hs and
    negative. checkpoint: a file to which the run is saved when it ends or is stopped, and every `checkpoint_every`,
    a time ('90s', '10m', '2h') or a number of words; see resume(). progress: True for a bar (tqdm if it is there).

    wv: KeyedVectors. Errors: ValueError, of which warp2vec.Error is one, for settings and texts; RuntimeError for calls
    in the wrong order.
    """

    def __init__(self, sentences: Optional[Sentences] = None, corpus_file: Optional[Path] = None,
                 vector_size: int = 100, alpha: float = 0.025, window: int = 5, min_count: int = 5,
                 max_vocab_size: Optional[int] = None, sample: float = 1e-3, seed: int = 1,
                 workers: Optional[int] = None, min_alpha: float = 0.0001, sg: int = 0, hs: int = 0, negative: int = 5,
                 ns_exponent: float = 0.75, cbow_mean: int = 1, hashfxn: Any = None, epochs: int = 5,
                 null_word: int = 0, trim_rule: Optional[TrimRule] = None, sorted_vocab: int = 1,
                 batch_words: int = 10000, compute_loss: bool = False, callbacks: Any = (),
                 comment: Optional[str] = None, max_final_vocab: Optional[int] = None, shrink_windows: bool = True, *,
                 device: str = "auto", sharing: str = "auto", table_type: str = "float", deterministic: bool = False,
                 loss: Optional[str] = None, checkpoint: Optional[Path] = None,
                 checkpoint_every: Union[str, int] = "10m", progress: bool = False, **gensim_3: Any) -> None:
        old_names = {"size": "vector_size", "iter": "epochs"}
        for name, value in gensim_3.items():
            if name not in old_names:
                raise TypeError(f"Word2Vec() got an unexpected keyword argument {name!r}")
            _deprecated(name, old_names[name])
            if name == "size":
                vector_size = value
            else:
                epochs = value
        if null_word:
            raise NotImplementedError("null_word: expected 0")
        del hashfxn, batch_words  # initial values come from `seed`; batches from the device

        self.vector_size = int(vector_size)
        self.alpha = alpha
        self.min_alpha = min_alpha
        self.window = window
        self.min_count = min_count
        self.max_vocab_size = max_vocab_size
        self.sample = sample
        self.seed = seed
        self.workers = workers
        self.sg = sg
        self.hs = hs
        self.negative = negative
        self._softmax = False
        if loss is not None:
            self._set_loss(loss)
        self.ns_exponent = ns_exponent
        self.cbow_mean = cbow_mean
        self.epochs = epochs
        self.compute_loss = compute_loss
        self.callbacks = callbacks
        self.comment = comment
        self.max_final_vocab = max_final_vocab
        self.sorted_vocab = sorted_vocab
        self.shrink_windows = bool(shrink_windows)
        self.device = device
        self.sharing = sharing
        self.table_type = table_type
        self.deterministic = deterministic
        self.checkpoint = checkpoint
        self.checkpoint_every = checkpoint_every
        self.progress = progress

        self.wv = KeyedVectors(self.vector_size)
        self.corpus_count = 0
        self.corpus_total_words = 0
        self.effective_min_count = min_count
        self.running_training_loss = 0.0
        self.train_count = 0
        self.total_train_time = 0.0
        self.min_alpha_yet_reached = float(alpha)
        if hs and negative:
            logger.warning("Both hierarchical softmax and negative sampling are activated. This is probably a mistake. "
                           "You should set either 'hs=0' or 'negative=0' to disable one of them. ")
        self._raw: Tuple[List[str], Any] = ([], np.empty(0, np.int64))  # all words, with their counts
        self._vocabulary: Optional[_core.Vocabulary] = None
        self._embeddings: Optional[_core.Embeddings] = None
        self._order: Any = None  # row i of wv is this one of the vocabulary; None = the same
        self._tree: Optional[_core.HuffmanTree] = None  # of the vocabulary, once it is needed
        _chosen_gpu(device)
        self._config(alpha, min_alpha, max(1, epochs))  # ValueError for settings out of range

        if sentences is not None and corpus_file is not None:
            raise TypeError("Both sentences and corpus_file are given: expected one of them")
        if _makes_sentences(sentences):
            self.build_vocab(sentences, trim_rule=trim_rule)
            self.train(sentences, total_examples=self.corpus_count, epochs=self.epochs, callbacks=callbacks)
        elif sentences is not None:
            tokens = self._count_and_keep(sentences, trim_rule)
            self._train_tokens(tokens, self.epochs, callbacks=callbacks)
        elif corpus_file is not None:
            self.build_vocab(corpus_file=corpus_file, trim_rule=trim_rule)
            self.train(corpus_file=corpus_file, total_examples=self.corpus_count, total_words=self.corpus_total_words,
                       epochs=self.epochs, callbacks=callbacks)

    def __str__(self) -> str:
        return f"Word2Vec<vocab={len(self.wv)}, vector_size={self.vector_size}, alpha={self.alpha}>"

    # Settings.

    @property
    def loss(self) -> str:
        """What is trained: 'ns', 'hs', 'ns+hs' or 'softmax'."""
        return "+".join(["ns"] * bool(self.negative) + ["hs"] * bool(self.hs)) or "softmax" * self._softmax

    def _set_loss(self, loss: str) -> None:
        config = _core.Config()
        config.loss = loss
        self.hs = int("hs" in config.loss)
        self.negative = self.negative if "ns" in config.loss else 0
        self._softmax = config.loss == "softmax"

    def _config(self, alpha: float, min_alpha: float, epochs: int) -> _core.Config:
        config = _core.Config()
        config.dim = self.vector_size
        config.window = self.window
        config.shrink_window = self.shrink_windows
        config.min_count = max(1, self.min_count)  # for messages and files: words are selected here
        config.model = "skipgram" if self.sg else "cbow"
        config.cbow_sum = not self.sg and not self.cbow_mean
        if not self.loss:
            raise ValueError("hs=0 and negative=0: expected one of them, or there is nothing to train")
        config.loss = self.loss
        config.negative = self.negative or 5
        config.ns_exponent = self.ns_exponent
        config.sample = self.sample or 0
        config.lr = alpha
        config.min_lr = min(min_alpha, alpha)
        config.epochs = epochs
        config.threads = self.workers or 0
        config.seed = self.seed
        config.sharing = self.sharing
        config.table_type = self.table_type
        config.deterministic = self.deterministic
        config.validate()
        return config

    # The vocabulary.

    def build_vocab(self, corpus_iterable: Optional[Sentences] = None, corpus_file: Optional[Path] = None,
                    update: bool = False, progress_per: int = 10000, keep_raw_vocab: bool = False,
                    trim_rule: Optional[TrimRule] = None, *, sentences: Optional[Sentences] = None) -> None:
        """Counts the words. update: adds words and counts to those that are there, whose vectors stay."""
        corpus = corpus_iterable if corpus_iterable is not None else sentences
        if (corpus is None) == (corpus_file is None):
            raise TypeError("Either one of corpus_file or corpus_iterable value must be provided")
        self.corpus_total_words, self.corpus_count = self.scan_vocab(corpus, corpus_file, progress_per)
        self.prepare_vocab(update, keep_raw_vocab, trim_rule)

    def scan_vocab(self, corpus_iterable: Optional[Sentences] = None, corpus_file: Optional[Path] = None,
                   progress_per: int = 10000, workers: Optional[int] = None,
                   trim_rule: Optional[TrimRule] = None) -> Tuple[int, int]:
        """build_vocab()'s first step: counts the words, which are then in raw_vocab. Returns (words, sentences)."""
        del trim_rule  # counts are exact: prepare_vocab() selects
        if corpus_file is None:
            return self._scan(corpus_iterable, progress_per)[1:]
        logger.info("collecting all words and their counts")
        counted = _core.count_files([readable(corpus_file)], 1, 0, workers or self.workers or 0)
        self._raw = counted.vocabulary.words, counted.vocabulary.counts
        self._log_scanned(counted.tokens, 1)
        return counted.tokens, 1

    def _scan(self, sentences: Any, progress_per: int) -> Tuple[_core.InternedSentences, int, int]:
        def report(sentence: int, words: int, types: int) -> None:
            logger.info("PROGRESS: at sentence #%i, processed %i words, keeping %i word types", sentence, words, types)

        logger.info("collecting all words and their counts")
        interned = _core.InternedSentences()
        source = _checked(sentences)
        if isinstance(source, _core.TextColumn):
            interned.add_column(source)
        else:
            interned.add(source, progress_per if logger.isEnabledFor(logging.INFO) else 0, report)
        self._raw = interned.words, interned.counts
        self._log_scanned(interned.tokens, interned.sentences)
        return interned, interned.tokens, interned.sentences

    def _log_scanned(self, words: int, sentences: int) -> None:
        logger.info("collected %i word types from a corpus of %i raw words and %i sentences", len(self._raw[0]), words,
                    sentences)

    @property
    def raw_vocab(self) -> Dict[str, int]:
        """{word: count} of all words that were counted, until prepare_vocab() selects some of them."""
        words, counts = self._raw
        return dict(zip(words, counts.tolist()))

    @raw_vocab.setter
    def raw_vocab(self, counts: Dict[str, int]) -> None:
        self._raw = list(counts), np.fromiter(counts.values(), np.int64, len(counts))

    def build_vocab_from_freq(self, word_freq: Dict[str, int], keep_raw_vocab: bool = False,
                              corpus_count: Optional[int] = None, trim_rule: Optional[TrimRule] = None,
                              update: bool = False) -> None:
        """As build_vocab(), of words that are counted: {word: count}."""
        self.raw_vocab = word_freq
        self.corpus_count = corpus_count or 0
        self.corpus_total_words = int(self._raw[1].sum())
        logger.info("collected %i unique word types, with total frequency of %i", len(word_freq),
                    self.corpus_total_words)
        self.prepare_vocab(update, keep_raw_vocab, trim_rule)

    def _count_and_keep(self, sentences: Any, trim_rule: Optional[TrimRule]) -> _core.Tokens:
        """build_vocab(), and the sentences, which are read only once."""
        interned, self.corpus_total_words, self.corpus_count = self._scan(sentences, 10000)
        words = self._raw[0]
        self.prepare_vocab(trim_rule=trim_rule)
        assert self._vocabulary is not None
        rows = {word: row for row, word in enumerate(self._vocabulary.words)}
        return interned.encode(np.fromiter((rows.get(word, -1) for word in words), np.int32, len(words)))

    def prepare_vocab(self, update: bool = False, keep_raw_vocab: bool = False, trim_rule: Optional[TrimRule] = None,
                      min_count: Optional[int] = None, sample: Optional[float] = None,
                      dry_run: bool = False) -> Dict[str, int]:
        """build_vocab()'s second step: selects the words that are frequent enough. Returns how many words are left and
        dropped, and about how many of the text subsampling skips; dry_run: only that."""
        words, counts = self._raw
        if update and self._vocabulary is None:
            raise RuntimeError("You cannot do an online vocabulary-update of a model which has no prior vocabulary: "
                               "first build one without update=True")
        if not len(words):
            raise RuntimeError("you must first build vocabulary before training the model: the sentences hold no words")
        min_count = min_count or self.min_count
        sample = sample or self.sample
        effective = min_count
        if self.max_final_vocab is not None and self.max_final_vocab < len(counts):
            effective = max(min_count, int(np.sort(counts)[::-1][self.max_final_vocab]) + 1)
        keep = counts >= effective
        if trim_rule is not None:
            answers = [trim_rule(word, int(count), effective) for word, count in zip(words, counts)]
            keep = np.array([answer == RULE_KEEP or (answer != RULE_DISCARD and enough)
                             for answer, enough in zip(answers, keep)])
        chosen = np.flatnonzero(keep)
        report = self._selection_report(counts, chosen, sample)
        logger.info("effective_min_count=%d retains %i unique words (%.2f%% of original %i, drops %i)", effective,
                    len(chosen), 100 * len(chosen) / len(words), len(words), report["drop_unique"])
        logger.info("effective_min_count=%d leaves %i word corpus (%.2f%% of original %i, drops %i)", effective,
                    report["retain_total"], 100 * report["retain_total"] / max(1, counts.sum()), counts.sum(),
                    counts.sum() - report["retain_total"])
        logger.info("sample=%g downsamples %i most-common words", sample or 0, report["downsample_unique"])
        logger.info("downsampling leaves estimated %i word corpus (%.1f%% of prior %i)", report["downsample_total"],
                    100 * report["downsample_total"] / max(1, report["retain_total"]), report["retain_total"])
        if dry_run:
            return report
        self.min_count, self.sample, self.effective_min_count = min_count, sample, effective
        selected = {words[i]: int(counts[i]) for i in chosen}
        if not keep_raw_vocab:
            self._raw = [], np.empty(0, np.int64)
        if not update:
            self._embeddings = None
        else:
            known = dict(zip(self.wv.index_to_key, self.wv.expandos["count"].tolist()))
            selected = {**known, **{word: known.get(word, 0) + count for word, count in selected.items()}}
        if not selected:
            raise RuntimeError(f"no word occurs {effective} times: you must first build vocabulary before training the "
                               "model, with a lower min_count")
        if len(selected) < 2:
            raise ValueError(f"a vocabulary of one word, {next(iter(selected))!r}: expected at least two")
        self._use_vocabulary(_core.Vocabulary(list(selected), np.fromiter(selected.values(), np.int64, len(selected))),
                             None if self.sorted_vocab else list(selected))
        return report

    @staticmethod
    def _selection_report(counts: Any, chosen: Any, sample: float) -> Dict[str, int]:
        retained = counts[chosen]
        total = int(retained.sum())
        threshold = total if not sample else sample * total
        kept = np.minimum(1, (np.sqrt(retained / threshold) + 1) * (threshold / retained)) if total else retained
        return {"drop_unique": len(counts) - len(chosen), "retain_total": total,
                "downsample_unique": int(np.count_nonzero(kept < 1)), "downsample_total": int((kept * retained).sum()),
                "num_retained_words": len(chosen)}

    def _use_vocabulary(self, vocabulary: _core.Vocabulary, order: Optional[List[str]] = None) -> None:
        """Words that have vectors keep them. order: that of wv's words, if it is another one."""
        embeddings = _core.Embeddings(len(vocabulary), self._config(self.alpha, self.min_alpha, max(1, self.epochs)))
        old = self._vocabulary if self._embeddings is not None else None
        rows = {word: row for row, word in enumerate(vocabulary.words)} if old is not None or order is not None else {}
        if old is not None:
            assert self._embeddings is not None
            self._take_assigned_vectors()
            embeddings.copy_rows(self._embeddings, np.array([rows[word] for word in old.words], np.int32))
        self._vocabulary = vocabulary
        self._embeddings = embeddings
        self._tree = None
        self._order = None if order is None else np.array([rows[word] for word in order])
        self._show_embeddings()

    def _take_assigned_vectors(self) -> None:
        """Vectors that the user has put in place of those that are trained."""
        assert self._embeddings is not None
        trained = self._embeddings.input
        locks = getattr(self.wv, "vectors_lockf", None)
        if locks is not None and not np.all(np.asarray(locks) == 1):
            raise NotImplementedError("wv.vectors_lockf: all vectors are trained; expected ones")
        if self.wv.vectors.shape != trained.shape:
            raise ValueError(f"wv.vectors of shape {self.wv.vectors.shape}: expected {trained.shape}")
        if self._order is not None:
            trained[self._order] = self.wv.vectors
        elif not np.shares_memory(self.wv.vectors, trained):
            trained[:] = self.wv.vectors
            self.wv.vectors = trained
        self.wv.norms = None

    def _give_trained_vectors(self) -> None:
        """To wv, where it has them in another order."""
        if self._order is not None:
            assert self._embeddings is not None
            self.wv.vectors[:] = self._embeddings.input[self._order]
        self.wv.norms = None

    # Training.

    def train(self, corpus_iterable: Optional[Sentences] = None, corpus_file: Optional[Path] = None,
              total_examples: Optional[int] = None, total_words: Optional[int] = None, epochs: Optional[int] = None,
              start_alpha: Optional[float] = None, end_alpha: Optional[float] = None, word_count: int = 0,
              queue_factor: int = 2, report_delay: float = 1.0, compute_loss: Optional[bool] = None,
              callbacks: Any = None, *, sentences: Optional[Sentences] = None) -> Tuple[int, int]:
        """Trains on. The sentences are read once, whatever the number of epochs, unless they are a function, which is
        called for each epoch. Returns (words trained after subsampling, words before), of all epochs."""
        del word_count, queue_factor, report_delay
        corpus = corpus_iterable if corpus_iterable is not None else sentences
        if (corpus is None) == (corpus_file is None):
            raise TypeError("Either one of corpus_file or corpus_iterable value must be provided")
        if epochs is None:
            raise ValueError("You must specify an explicit epochs count. The usual value is epochs=model.epochs.")
        if total_examples is None and total_words is None:
            raise ValueError("You must specify either total_examples or total_words, for proper learning-rate "
                             "calculations; the usual value is total_examples=model.corpus_count")
        if self._vocabulary is None:
            raise RuntimeError("you must first build vocabulary before training the model")
        if compute_loss is not None:
            self.compute_loss = compute_loss
        if _makes_sentences(corpus):
            if self.checkpoint is not None:
                raise ValueError("checkpoint: expected sentences that are the same in each epoch, not a function")
            return self._train_parts((self._encoded(corpus) for _ in range(epochs)), epochs, 1, start_alpha, end_alpha,
                                     callbacks)
        if corpus_file is not None:
            tokens = _core.encode_files([readable(corpus_file)], self._vocabulary, self.workers or 0)
        else:
            tokens = self._encoded(corpus)
        return self._train_tokens(tokens, epochs, start_alpha, end_alpha, callbacks)

    def _encoded(self, sentences: Any) -> _core.Tokens:
        assert self._vocabulary is not None
        encoded = _core.EncodedSentences(_checked(sentences), self._vocabulary)
        if encoded.sentences == 0:
            logger.warning("train() called with an empty iterator (if not intended, be sure to provide a corpus that "
                           "offers restartable iteration = an iterable).")
        return encoded.tokens

    def _train_tokens(self, tokens: _core.Tokens, epochs: int, start_alpha: Optional[float] = None,
                      end_alpha: Optional[float] = None, callbacks: Any = None) -> Tuple[int, int]:
        return self._train_parts([tokens], 1, epochs, start_alpha, end_alpha, callbacks)

    def _train_parts(self, parts: Iterable[_core.Tokens], count: int, epochs: int, start_alpha: Optional[float],
                     end_alpha: Optional[float], callbacks: Any,
                     resumed: Optional[_Resumed] = None) -> Tuple[int, int]:
        """Trains `count` texts one after the other, each for `epochs` epochs; the learning rate falls over all."""
        assert self._vocabulary is not None and self._embeddings is not None
        first_alpha = start_alpha or self.alpha
        last_alpha = min(end_alpha or self.min_alpha, first_alpha)
        if first_alpha > self.min_alpha_yet_reached:
            logger.warning("Effective 'alpha' higher than previous training cycles")
        self._take_assigned_vectors()
        checkpoint = self._checkpoint_file(resumed)
        logger.info("training model with %s workers on %i vocabulary and %i features, using sg=%s hs=%s sample=%s "
                    "negative=%s window=%s shrink_windows=%s", self.workers or "all", len(self._vocabulary),
                    self.vector_size, self.sg, self.hs, self.sample, self.negative, self.window, self.shrink_windows)
        told = list(self.callbacks if callbacks is None else callbacks)
        begun = time.monotonic()
        kept_words = words = pairs = 0
        with _Display(self.progress, count * epochs) as display:
            for part, tokens in enumerate(parts):
                if not len(tokens):
                    logger.warning("no word of the sentences is in the vocabulary: nothing is trained")
                    continue
                if not words:
                    for callback in told:
                        callback.on_train_begin(self)
                        callback.on_epoch_begin(self)
                if resumed is None:
                    config = self._config(first_alpha + (last_alpha - first_alpha) * part / count,
                                          first_alpha + (last_alpha - first_alpha) * (part + 1) / count, epochs)
                    config.seed += part
                else:
                    config = resumed.config

                def observe(progress: _core.Progress) -> bool:
                    display.show(part * epochs + progress.tokens_done / len(tokens))
                    if progress.epoch_end:
                        self._epoch_ended(progress, part * epochs + progress.epoch, count * epochs, told)
                    return True

                try:
                    summary = _core.train(config, self._vocabulary, tokens, self._embeddings, _chosen_gpu(self.device),
                                          observe, checkpoint, None if resumed is None else resumed.checkpoint)
                finally:
                    self._give_trained_vectors()
                kept_words += summary.kept_tokens
                words += summary.tokens
                pairs += summary.pairs
                self.running_training_loss = next((loss for loss in reversed(summary.epoch_loss) if loss > 0), 0.0)
        if not words:
            return 0, 0
        self.train_count += 1
        seconds = time.monotonic() - begun
        self.total_train_time += seconds
        logger.info("training on %i raw words (%i effective words) took %.1fs, %.0f effective words/s", words,
                    kept_words, seconds, kept_words / max(seconds, 1e-9))
        self.min_alpha_yet_reached = float(last_alpha)
        if not pairs:
            warnings.warn(f"nothing was trained: sample={self.sample} leaves no two words of a sentence; sample=0 "
                          "keeps all", stacklevel=4)
        for callback in told:
            callback.on_train_end(self)
        return kept_words, words

    def _checkpoint_file(self, resumed: Optional[_Resumed]) -> Optional[_core.CheckpointFile]:
        if self.checkpoint is None:
            return None
        path = os.fspath(self.checkpoint)
        if not os.path.isdir(os.path.dirname(path) or "."):
            raise FileNotFoundError(f"checkpoint={path!r}: there is no such folder")
        is_resumed = resumed is not None and os.path.exists(path) and os.path.samefile(path, resumed.path)
        if os.path.isfile(path) and os.path.getsize(path) and not is_resumed and _core.is_unfinished(path):
            raise ValueError(f"checkpoint={path!r} holds an unfinished run: Word2Vec.resume() it, or delete the file "
                             "to start again")

        def told(words: int, failure: str) -> None:
            if failure:
                logger.warning("no checkpoint after %i words: %s", words, failure)
            else:
                logger.info("checkpoint %s, after %i words", path, words)

        return _core.CheckpointFile(path, str(self.checkpoint_every), told)

    def _epoch_ended(self, progress: _core.Progress, epoch: int, epochs: int, callbacks: List[Any]) -> None:
        logger.info("EPOCH %i: training on %i raw words took %.1fs, %.0f words/s; loss %.4f", epoch,
                    progress.tokens_done, progress.seconds, progress.words_per_second, progress.loss)
        self.running_training_loss = progress.loss
        self._give_trained_vectors()
        for callback in callbacks:
            callback.on_epoch_end(self)
            if epoch + 1 < epochs:
                callback.on_epoch_begin(self)

    def get_latest_training_loss(self) -> float:
        """Mean loss per prediction in the last epoch, in nats; gensim's is a sum, which wraps, with errors."""
        return self.running_training_loss if self.compute_loss else 0.0

    # What is learned besides wv.

    @property
    def syn1neg(self) -> Any:
        """(words, vector_size): the output vectors of negative sampling, or of the softmax."""
        if self._embeddings is None or self.loss == "hs":
            raise AttributeError("syn1neg: only after build_vocab(), with negative sampling or softmax")
        return self._embeddings.output if self._order is None else self._embeddings.output[self._order]

    @property
    def syn1(self) -> Any:
        """(words - 1, vector_size): the inner nodes of the Huffman tree."""
        if self._embeddings is None or not self.hs:
            raise AttributeError("syn1: only after build_vocab(), with hs=1")
        return self._embeddings.nodes

    def predict_output_word(self, context_words_list: Iterable[Any],
                            topn: int = 10) -> Optional[List[Tuple[str, float]]]:
        """[(word, probability)]: the softmax of the products of the mean of the context's vectors with the output
        vectors, which negative sampling does not normalise: a ranking rather than probabilities."""
        if not self.negative:
            raise RuntimeError("We have currently only implemented predict_output_word for the negative sampling "
                               "scheme, so you need to have run word2vec with negative > 0 for this to work.")
        if self._embeddings is None:
            raise RuntimeError("Parameters required for predicting the output words not found.")
        rows = [self.wv.get_index(word) for word in context_words_list if word in self.wv]
        if not rows:
            warnings.warn("All the input context words are out-of-vocabulary for the current model.", stacklevel=2)
            return None
        hidden = self.wv.vectors[rows].sum(axis=0)
        if self.cbow_mean:
            hidden = hidden / len(rows)
        scores = self.syn1neg @ hidden
        exponentials = np.exp(scores - scores.max())
        best = np.argsort(-exponentials, kind="stable")[:topn]
        return [(self.wv.index_to_key[row], float(exponentials[row] / exponentials.sum())) for row in best]

    def score(self, sentences: Sentences, total_sentences: int = int(1e6), chunksize: int = 100,
              queue_factor: int = 2, report_delay: float = 1) -> Any:
        """(sentences,) float64: the sum over the words of a sentence of log P(word | context), in nats, of hierarchical
        softmax: of each context word in the window alone with sg=1, else of their mean, or sum. Words that are not in
        the vocabulary are left out. Exact, where gensim leaves out terms below -6. At most the first `total_sentences`;
        the other arguments mean nothing here."""
        del chunksize, queue_factor, report_delay
        if self._vocabulary is None or self._embeddings is None:
            raise RuntimeError("you must first build vocabulary before scoring new data")
        if not self.hs:
            raise RuntimeError("score: expected a model with hs=1: negative sampling learns no probabilities")
        self._take_assigned_vectors()
        return _core.score_sentences(itertools.islice(_checked(sentences), total_sentences),
                                     self._config(self.alpha, self.min_alpha, max(1, self.epochs)), self._vocabulary,
                                     self._huffman_tree(), self._embeddings)

    def log_probability(self, word: Any, contexts: Any) -> float:
        """log P(word | contexts) in nats: how likely `word` is near a context word, with CBOW in the middle of all of
        them (one, or an iterable), in the text as it was trained, windowed and subsampled. For a model with hs=1 or
        loss='softmax': negative sampling alone learns no probabilities. KeyError for unknown words."""
        return _core.log_probability(*self._model_parts(), self._rows_of([word])[0], self._rows_of(contexts))

    def log_probabilities(self, contexts: Any) -> Any:
        """(words,) float64: log_probability() of every word, in the order of wv; of all, exp() adds up to 1."""
        values = _core.log_probabilities(*self._model_parts(), self._rows_of(contexts))
        return values if self._order is None else values[self._order]

    def top_k(self, contexts: Any, topn: int = 10) -> List[Tuple[str, float]]:
        """[(word, log P(word | contexts))] of the most probable words, the most probable first."""
        values = self.log_probabilities(contexts)
        return [(self.wv.index_to_key[row], float(values[row])) for row in np.argsort(-values, kind="stable")[:topn]]

    def _rows_of(self, words: Any) -> List[int]:
        """In the vocabulary."""
        rows = [self.wv.get_index(word) for word in ([words] if isinstance(words, (str, int)) else words)]
        return rows if self._order is None else self._order[rows].tolist()

    def _model_parts(self) -> Tuple[_core.Config, _core.HuffmanTree, _core.Embeddings]:
        if self._embeddings is None:
            raise RuntimeError("you must first build vocabulary")
        self._take_assigned_vectors()
        return (self._config(self.alpha, self.min_alpha, max(1, self.epochs)), self._huffman_tree(), self._embeddings)

    def _huffman_tree(self) -> _core.HuffmanTree:
        assert self._vocabulary is not None
        if self._tree is None:
            self._tree = _core.HuffmanTree(self._vocabulary) if self.hs else _core.HuffmanTree()
        return self._tree

    def add_null_word(self) -> None:
        raise NotImplementedError("add_null_word: there is no null word")

    def estimate_memory(self, vocab_size: Optional[int] = None,
                        report: Optional[Dict[str, int]] = None) -> Dict[str, int]:
        """Bytes of the matrices and of the words, about; {..., 'total'}."""
        words = vocab_size or len(self.wv)
        matrix = words * self.vector_size * np.dtype(np.float32).itemsize
        report = report if report is not None else {}
        report["vocab"] = words * 100
        report["vectors"] = matrix
        if self.hs:
            report["syn1"] = matrix
        if self.negative:
            report["syn1neg"] = matrix
        report["total"] = sum(size for name, size in report.items() if name != "total")
        logger.info("estimated required memory for %i words and %i dimensions: %i bytes", words, self.vector_size,
                    report["total"])
        return report

    def reset_from(self, other_model: "Word2Vec") -> None:
        """The vocabulary of another model, with fresh vectors."""
        if other_model._vocabulary is None:
            raise RuntimeError("the other model has no vocabulary")
        self.corpus_count = other_model.corpus_count
        self.corpus_total_words = other_model.corpus_total_words
        self._embeddings = None
        self._use_vocabulary(other_model._vocabulary, None if self.sorted_vocab else other_model.wv.index_to_key)

    def init_sims(self, replace: bool = False) -> None:
        self.wv.init_sims(replace)

    def init_weights(self) -> None:
        """Fresh vectors."""
        assert self._vocabulary is not None
        logger.info("resetting layer weights")
        self._embeddings = None
        self._use_vocabulary(self._vocabulary, None if self._order is None else self.wv.index_to_key)

    # Files.

    def save(self, fname: Path, separately: Any = None, sep_limit: int = 0, ignore: Any = (),
             pickle_protocol: int = 4) -> None:
        """All that is needed to train on, in one file (docs/model-format.md), which `warp2vec` reads, too. The other
        arguments are gensim's, about pickles, and mean nothing here."""
        del separately, sep_limit, ignore, pickle_protocol
        if self._vocabulary is None or self._embeddings is None:
            raise RuntimeError("there is nothing to save: first build a vocabulary")
        self._take_assigned_vectors()
        _core.save_model(self._config(self.alpha, self.min_alpha, max(1, self.epochs)), self._vocabulary,
                         self._embeddings, os.fspath(fname))

    @classmethod
    def load(cls, fname: Path, mmap: Optional[str] = None) -> "Word2Vec":
        """What save() or `warp2vec train --save-model` wrote."""
        del mmap
        return cls._of_file(_core.load_model(readable(fname)))

    @classmethod
    def _of_file(cls, read: Union[_core.TrainedModel, _core.Checkpoint], **settings: Any) -> "Word2Vec":
        c = read.config
        model = cls(vector_size=c.dim, alpha=c.lr, min_alpha=c.min_lr, window=c.window, min_count=c.min_count,
                    sample=c.sample, seed=c.seed, sg=int(c.model == "skipgram"), loss=c.loss, negative=c.negative,
                    ns_exponent=c.ns_exponent, cbow_mean=int(not c.cbow_sum), shrink_windows=c.shrink_window,
                    sharing=c.sharing, deterministic=c.deterministic, **{"epochs": c.epochs, **settings})
        model._vocabulary = read.vocabulary
        model._embeddings = read.take_embeddings()
        model._show_embeddings()
        model.corpus_total_words = int(read.vocabulary.counts.sum())
        return model

    @classmethod
    def resume(cls, fname: Path, sentences: Optional[Sentences] = None, corpus_file: Optional[Path] = None, *,
               epochs: Optional[int] = None, workers: Optional[int] = None, device: str = "auto",
               table_type: str = "float", checkpoint: Optional[Path] = None, checkpoint_every: Union[str, int] = "10m",
               compute_loss: bool = False, callbacks: Any = (), progress: bool = False) -> "Word2Vec":
        """Ends the run whose checkpoint is `fname`, with its settings and vocabulary, on the same text, which is
        checked. With deterministic=True the vectors are those of a run that was never interrupted. epochs: as many or
        more. checkpoint: where the run is saved from now on; the same file if it is not given. Also for checkpoints of
        `warp2vec train`."""
        if (sentences is None) == (corpus_file is None):
            raise TypeError("Either one of corpus_file or sentences must be provided")
        if _makes_sentences(sentences):
            raise ValueError("sentences is a function: expected the sentences of the run")

        def encode(model: "Word2Vec") -> _core.Tokens:
            assert model._vocabulary is not None
            if corpus_file is not None:
                return _core.encode_files([readable(corpus_file)], model._vocabulary, workers or 0)
            return model._encoded(sentences)

        return cls._resumed(fname, encode, epochs=epochs, workers=workers, device=device, table_type=table_type,
                            checkpoint=checkpoint, checkpoint_every=checkpoint_every, compute_loss=compute_loss,
                            callbacks=callbacks, progress=progress)

    @classmethod
    def _resumed(cls, fname: Path, encode: Callable[["Word2Vec"], _core.Tokens], *, epochs: Optional[int] = None,
                 workers: Optional[int] = None, table_type: str = "float", checkpoint: Optional[Path] = None,
                 callbacks: Any = (), **settings: Any) -> "Word2Vec":
        read = _core.load_checkpoint(readable(fname))
        config = copy.copy(read.config)
        config.epochs, config.threads, config.table_type = epochs or config.epochs, workers or 0, table_type
        model = cls._of_file(read, epochs=config.epochs, workers=workers, table_type=table_type, callbacks=callbacks,
                             checkpoint=fname if checkpoint is None else checkpoint, **settings)
        model._train_parts([encode(model)], 1, config.epochs, config.lr, config.min_lr, callbacks,
                           _Resumed(readable(fname), read, config))
        return model

    def _show_embeddings(self) -> None:
        assert self._vocabulary is not None and self._embeddings is not None
        words, vectors, counts = self._vocabulary.words, self._embeddings.input, self._vocabulary.counts
        if self._order is not None:
            words, vectors, counts = [words[row] for row in self._order], vectors[self._order], counts[self._order]
        self.wv = KeyedVectors._of(words, vectors)
        self.wv.expandos["count"] = counts

    def __getstate__(self) -> Dict[str, Any]:
        ours = ("_vocabulary", "_embeddings", "_order", "_tree", "wv")
        state = {name: value for name, value in self.__dict__.items() if name not in ours}
        if self._vocabulary is not None:
            assert self._embeddings is not None
            self._take_assigned_vectors()
            state["_words"] = self._vocabulary.words
            state["_counts"] = self._vocabulary.counts
            state["_wv_order"] = self._order
            state["_matrices"] = [np.array(matrix) for matrix in
                                  (self._embeddings.input, self._embeddings.output, self._embeddings.nodes)]
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        state = dict(state)
        words, counts, matrices, order = (state.pop(name, None)
                                          for name in ("_words", "_counts", "_matrices", "_wv_order"))
        self.__dict__.update(state)
        self.wv = KeyedVectors(self.vector_size)
        self._vocabulary = None
        self._embeddings = None
        self._tree = None
        self._order = order
        if words is None:
            return
        self._vocabulary = _core.Vocabulary(words, counts)
        self._embeddings = _core.Embeddings(len(words), self._config(self.alpha, self.min_alpha, max(1, self.epochs)))
        for target, values in zip((self._embeddings.input, self._embeddings.output, self._embeddings.nodes), matrices):
            target[:] = values
        self._show_embeddings()

    def __deepcopy__(self, memo: Dict[int, Any]) -> "Word2Vec":
        result = Word2Vec.__new__(type(self))
        memo[id(self)] = result
        result.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return result

    # gensim 3's names.

    @property
    def iter(self) -> int:
        _deprecated("iter", "epochs")
        return self.epochs


class _Display:
    """A bar of epochs while training goes on: tqdm's if it is there."""

    def __init__(self, wanted: bool, epochs: int) -> None:
        self._bar: Any = None
        if wanted:
            try:
                from tqdm.auto import tqdm
                self._bar = tqdm(total=epochs, unit="epoch",
                                 bar_format="{l_bar}{bar}| {n:.2f}/{total_fmt} [{elapsed}<{remaining}]")
            except ImportError:
                logger.warning("progress=True: tqdm is not installed")

    def __enter__(self) -> "_Display":
        return self

    def __exit__(self, *_: Any) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, epochs: float) -> None:
        if self._bar is not None:
            self._bar.update(epochs - self._bar.n)
