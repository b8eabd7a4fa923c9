"""Vectors with keys, usually words: lookup, similarities and nearest neighbours, as gensim's KeyedVectors."""
from __future__ import annotations

import os
import warnings
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from . import _core
from ._files import replacing

Key = Union[str, int, "np.integer[Any]"]
Array = Any  # numpy.ndarray: (n, dim) or (dim,) float32
Similar = List[Tuple[str, float]]

REAL = np.float32


def _is_vector(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _listed(keys: Any) -> List[Any]:
    """One key or vector, or several."""
    if keys is None:
        return []
    if isinstance(keys, (str, int, np.integer)) or (_is_vector(keys) and keys.ndim == 1):
        return [keys]
    if isinstance(keys, tuple) and len(keys) == 2 and isinstance(keys[1], (int, float)):
        return [keys]
    return list(keys)


def readable(path: Any) -> str:
    """The path of a file that can be opened. Errors: FileNotFoundError, PermissionError, ..."""
    with open(path, "rb"):
        return os.fspath(path)  # type: ignore[no-any-return]


def unitvec(vector: Array) -> Array:
    """The vector scaled to length 1; zeros stay zero."""
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector


def _cosine(a: Array, b: Array) -> float:
    """In double, rounded to float: exactly 1 for equal vectors."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a) * np.linalg.norm(b)
    return float(REAL(a @ b / lengths)) if lengths > 0 else 0.0


class KeyedVectors:
    """vectors: (number of keys, vector_size) float32. Row key_to_index[key] is that of a key; index_to_key[row] is the
    key of a row. Errors: KeyError for a key that is not there."""

    def __init__(self, vector_size: int, count: int = 0, dtype: Any = REAL) -> None:
        self.vector_size = vector_size
        self.index_to_key: List[str] = [None] * count  # type: ignore[list-item]
        self._key_to_index: Optional[Dict[str, int]] = {}
        self.vectors: Array = np.zeros((count, vector_size), dtype)
        self.norms: Optional[Array] = None
        self.expandos: Dict[str, Array] = {}
        self.next_index = 0

    @classmethod
    def _of(cls, keys: List[str], vectors: Array) -> "KeyedVectors":
        result = cls(vectors.shape[1])
        result.index_to_key = keys
        result._key_to_index = None
        result.vectors = vectors
        result.next_index = len(keys)
        return result

    # Keys.

    @property
    def key_to_index(self) -> Dict[str, int]:
        if self._key_to_index is None:  # made when it is needed: of ten million ids it takes longer than to train them
            self._key_to_index = {key: row for row, key in enumerate(self.index_to_key)}
        return self._key_to_index

    @key_to_index.setter
    def key_to_index(self, rows: Dict[str, int]) -> None:
        self._key_to_index = rows

    def __len__(self) -> int:
        return len(self.index_to_key)

    def __contains__(self, key: Any) -> bool:
        return self.has_index_for(key)

    def has_index_for(self, key: Key) -> bool:
        return self.get_index(key, -1) >= 0

    def get_index(self, key: Key, default: Optional[int] = None) -> int:
        """The row of a key; a row stands for itself."""
        row = self.key_to_index.get(key)  # type: ignore[arg-type]
        if row is not None:
            return row
        if isinstance(key, (int, np.integer)) and not isinstance(key, bool) and 0 <= key < len(self.index_to_key):
            return int(key)
        if default is not None:
            return default
        raise KeyError(f"Key '{key}' not present")

    def __getitem__(self, keys: Any) -> Array:
        """The vector of a key, or those of a list of keys as (n, vector_size)."""
        if isinstance(keys, (str, int, np.integer)):
            return self.get_vector(keys)
        return np.vstack([self.get_vector(key) for key in keys])

    def get_vector(self, key: Key, norm: bool = False) -> Array:
        """(vector_size,) float32; not writeable. norm: scaled to length 1."""
        row = self.get_index(key)
        if norm:
            self.fill_norms()
            assert self.norms is not None
            vector = self.vectors[row] / self.norms[row] if self.norms[row] > 0 else self.vectors[row].copy()
        else:
            vector = self.vectors[row]
        vector.setflags(write=False)
        return vector

    def word_vec(self, *args: Any, **kwargs: Any) -> Array:
        return self.get_vector(*args, **kwargs)

    def get_normed_vectors(self) -> Array:
        self.fill_norms()
        assert self.norms is not None
        return self.vectors / np.where(self.norms > 0, self.norms, 1)[:, np.newaxis]

    def fill_norms(self, force: bool = False) -> None:
        """Computes the lengths of all vectors, once; `force`: again, after vectors have been changed."""
        if self.norms is None or force:
            self.norms = np.linalg.norm(self.vectors, axis=1)

    def unit_normalize_all(self) -> None:
        """Scales all vectors to length 1, for good."""
        self.vectors = self.get_normed_vectors()
        self.norms = np.ones(len(self.vectors), REAL)

    # Attributes of keys.

    def get_vecattr(self, key: Key, attr: str) -> Any:
        return self.expandos[attr][self.get_index(key)]

    def set_vecattr(self, key: Key, attr: str, val: Any) -> None:
        if attr not in self.expandos:
            self.expandos[attr] = np.zeros(len(self), np.array(val).dtype)
        self.expandos[attr][self.get_index(key)] = val

    # Adding.

    def add_vector(self, key: str, vector: Array) -> int:
        """Adds a key, or replaces its vector. Returns the row."""
        self.add_vectors([key], [vector], replace=True)
        return self.key_to_index[key]

    def add_vectors(self, keys: Any, weights: Any, extras: Optional[Mapping[str, Any]] = None,
                    replace: bool = False) -> None:
        """Adds keys with their vectors; those that are there keep theirs unless `replace`. extras: {attribute: a value
        for each key}."""
        keys = _listed(keys)
        weights = np.atleast_2d(np.asarray(weights, REAL))
        if weights.shape != (len(keys), self.vector_size):
            raise ValueError(f"vectors of shape {weights.shape}: expected {(len(keys), self.vector_size)}")
        new: Dict[str, int] = {}
        for i, key in enumerate(keys):
            if key not in self.key_to_index:
                new.setdefault(key, i)
        if new:
            reserved = self.index_to_key[self.next_index:]
            first = self.next_index
            needed = first + len(new) - len(self.index_to_key)
            if needed > 0:
                self.vectors = np.vstack([self.vectors, np.zeros((needed, self.vector_size), REAL)])
                self.index_to_key = self.index_to_key + [None] * needed  # type: ignore[list-item]
                for attr, values in self.expandos.items():
                    self.expandos[attr] = np.concatenate([values, np.zeros(needed, values.dtype)])
            assert all(key is None for key in reserved)
            for row, (key, i) in enumerate(new.items(), first):
                self.index_to_key[row] = key
                self.key_to_index[key] = row
                self.vectors[row] = weights[i]
            self.next_index = first + len(new)
        if replace:
            for key, weight in zip(keys, weights):
                self.vectors[self.key_to_index[key]] = weight
        for attr, values in (extras or {}).items():
            for i, key in enumerate(keys):
                if replace or new.get(key) == i:
                    self.set_vecattr(key, attr, values[i])
        self.norms = None

    def __setitem__(self, keys: Any, weights: Any) -> None:
        keys = _listed(keys)
        self.add_vectors(keys, np.asarray(weights).reshape(len(keys), -1), replace=True)

    # Neighbours.

    def _weighted(self, keys: Any, sign: float) -> List[Tuple[Any, float]]:
        return [(item[0], sign * item[1]) if isinstance(item, tuple) else (item, sign) for item in _listed(keys)]

    def get_mean_vector(self, keys: Any, weights: Optional[Sequence[float]] = None, pre_normalize: bool = True,
                        post_normalize: bool = False, ignore_missing: bool = True) -> Array:
        """The mean of the vectors of keys, weighted; vectors may stand among the keys. pre_normalize: of vectors of
        length 1, of keys. ignore_missing: leave out keys that are not there, else KeyError."""
        keys = _listed(keys)
        if not keys:
            raise ValueError("cannot compute mean with no input")
        if weights is None:
            weights = [1.0] * len(keys)
        if len(weights) != len(keys):
            raise ValueError("keys and weights array must have same number of elements")
        mean = np.zeros(self.vector_size, self.vectors.dtype)
        total = 0.0
        for key, weight in zip(keys, weights):
            if _is_vector(key):
                mean += weight * key
            elif self.has_index_for(key):
                mean += weight * self.get_vector(key, norm=pre_normalize)
            elif ignore_missing:
                continue
            else:
                raise KeyError(f"Key '{key}' not present in vocabulary")
            total += abs(weight)
        if total > 0:
            mean = mean / total
        return unitvec(mean).astype(self.vectors.dtype) if post_normalize else mean

    def _nearest(self, scores: Array, topn: Optional[int], excluded: Iterable[int], first: int) -> Similar:
        """The best of rows from `first` on; scores[i] is that of row first + i."""
        skip = set(excluded)
        most = min(len(scores), (topn or len(scores)) + len(skip))
        best = np.argpartition(-scores, most - 1)[:most] if most < len(scores) else np.arange(len(scores))
        ordered = best[np.lexsort((best, -scores[best]))]
        found = [(self.index_to_key[first + row], float(scores[row])) for row in ordered if first + row not in skip]
        return found[:topn]

    def most_similar(self, positive: Any = None, negative: Any = None, topn: Optional[int] = 10, clip_start: int = 0,
                     clip_end: Optional[int] = None, restrict_vocab: Optional[int] = None,
                     indexer: Any = None) -> Any:
        """The `topn` keys nearest, by the cosine, to the mean of `positive` and the negated `negative` (keys, vectors,
        or pairs of these with a weight), without these keys: [(key, similarity), ...]. topn=None: the similarities of
        all keys as an array. Only rows clip_start to clip_end, or the first `restrict_vocab`."""
        if indexer is not None:
            raise NotImplementedError("indexer: neighbours are always exact")
        if isinstance(topn, (int, np.integer)) and topn < 1:
            return []
        clip_end = restrict_vocab or clip_end or len(self.vectors)
        weighted = self._weighted(positive, 1.0) + self._weighted(negative, -1.0)
        mean = self.get_mean_vector([key for key, _ in weighted], [weight for _, weight in weighted],
                                    post_normalize=True, ignore_missing=False)
        if not np.any(mean):
            raise ValueError("the mean of these is zero: it has no direction")
        self.fill_norms()
        assert self.norms is not None
        norms = self.norms[clip_start:clip_end]
        scores = self.vectors[clip_start:clip_end] @ mean / np.where(norms > 0, norms, 1)
        if topn is None:
            return scores
        rows = [self.get_index(key) for key, _ in weighted if not _is_vector(key) and self.has_index_for(key)]
        return self._nearest(scores, topn, [row for row in rows if clip_start <= row < clip_end], clip_start)

    def most_similar_cosmul(self, positive: Any = None, negative: Any = None, topn: Optional[int] = 10,
                            restrict_vocab: Optional[int] = None) -> Any:
        """As most_similar, but the product of the similarities to `positive`, over that to `negative` (O. Levy and Y.
        Goldberg 2014, 3CosMul), of similarities mapped to [0, 1]."""
        if isinstance(topn, (int, np.integer)) and topn < 1:
            return []
        positive, negative = _listed(positive), _listed(negative)
        if not positive and not negative:
            raise ValueError("cannot compute similarity with no input")
        unit = self.get_normed_vectors()[:restrict_vocab]

        def product(keys: List[Any]) -> Array:
            result = np.ones(len(unit), unit.dtype)
            for key in keys:
                vector = key if _is_vector(key) else self.get_vector(key, norm=True)
                result = result * (1 + unit @ vector) / 2
            return result

        scores = product(positive) / (product(negative) + 0.000001)
        if topn is None:
            return scores
        return self._nearest(scores, topn, [self.get_index(key) for key in positive + negative if not _is_vector(key)],
                             0)

    def most_similar_batch(self, queries: Any, topn: int = 10, restrict_vocab: Optional[int] = None,
                           threads: int = 0) -> List[Similar]:
        """For each of `queries`, keys or the rows of a (n, vector_size) array, as most_similar() of it alone; all at
        once, on `threads` (0: one per CPU that may be used). Takes memory for another copy of the vectors.
        Errors: KeyError; Error for a vector of zeros or other than `vector_size` values, and for threads out of
        range."""
        vectors = np.ascontiguousarray(self.vectors, REAL)
        asked: Any = [self.get_index(key) for key in queries] if not _is_vector(queries) else \
            np.ascontiguousarray(queries, REAL)
        found = _core.top_k(vectors, asked, max(topn, 0), restrict_vocab or 0, threads)
        return [[(self.index_to_key[row], similarity) for row, similarity in nearest] for nearest in found]

    def similar_by_key(self, key: Key, topn: Optional[int] = 10, restrict_vocab: Optional[int] = None) -> Any:
        return self.most_similar([key], topn=topn, restrict_vocab=restrict_vocab)

    similar_by_word = similar_by_key

    def similar_by_vector(self, vector: Array, topn: Optional[int] = 10, restrict_vocab: Optional[int] = None) -> Any:
        return self.most_similar([np.asarray(vector)], topn=topn, restrict_vocab=restrict_vocab)

    def similarity(self, w1: Key, w2: Key) -> float:
        """The cosine of the angle between two keys' vectors."""
        return _cosine(self.get_vector(w1), self.get_vector(w2))

    def distance(self, w1: Key, w2: Key) -> float:
        """1 - similarity."""
        return 1 - self.similarity(w1, w2)

    @staticmethod
    def cosine_similarities(vector_1: Array, vectors_all: Array) -> Array:
        """Of a vector to each row."""
        norms = np.linalg.norm(vectors_all, axis=1) * np.linalg.norm(vector_1)
        return vectors_all @ vector_1 / np.where(norms > 0, norms, 1)

    def distances(self, word_or_vector: Any, other_words: Iterable[Key] = ()) -> Array:
        """1 - similarity to each of `other_words`, or to all keys."""
        vector = word_or_vector if _is_vector(word_or_vector) else self.get_vector(word_or_vector)
        others = list(other_words)
        return 1 - self.cosine_similarities(vector, self[others] if others else self.vectors)

    def n_similarity(self, ws1: Any, ws2: Any) -> float:
        """The similarity of the means of two lists of keys."""
        ws1, ws2 = _listed(ws1), _listed(ws2)
        if not ws1 or not ws2:
            raise ZeroDivisionError("At least one of the passed list is empty.")
        means = [self.get_mean_vector(words, pre_normalize=False) for words in (ws1, ws2)]
        return _cosine(*means)

    def doesnt_match(self, words: Iterable[Key]) -> Key:
        """The key least similar to the mean of all."""
        return self.rank_by_centrality(words)[-1][1]

    def rank_by_centrality(self, words: Iterable[Key], use_norm: bool = True) -> List[Tuple[float, Key]]:
        """(similarity to the mean of all, key), the most similar first."""
        known = [word for word in words if word in self]
        if not known:
            raise ValueError("cannot select a word from an empty list")
        vectors = np.vstack([self.get_vector(word, norm=use_norm) for word in known])
        mean = unitvec(vectors.mean(axis=0)) if use_norm else vectors.mean(axis=0)
        return sorted(((float(score), word) for score, word in zip(vectors @ mean, known)), reverse=True)

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The key of `keys_list` most similar to key1."""
        return keys_list[int(np.argmax([self.similarity(key1, key) for key in keys_list]))]

    def vectors_for_all(self, keys: Iterable[str], allow_inference: bool = True,
                        copy_vecattrs: bool = False) -> "KeyedVectors":
        """Those of `keys` that are there, in their order. copy_vecattrs: with their attributes, else these are 0."""
        del allow_inference  # vectors of words that are not there cannot be inferred
        known = [key for key in dict.fromkeys(keys) if key in self.key_to_index]
        rows = [self.key_to_index[key] for key in known]
        result = KeyedVectors._of(known, self.vectors[rows].copy())
        result.expandos = {attr: values[rows] if copy_vecattrs else np.zeros_like(values[rows])
                           for attr, values in self.expandos.items()}
        return result

    def rank(self, key1: Key, key2: Key) -> int:
        """1 if key2 is the nearest of key1, 2 if it is the second, ..."""
        return len(self.closer_than(key1, key2)) + 1

    def closer_than(self, key1: Key, key2: Key) -> List[str]:
        """All keys that are nearer to key1 than key2 is."""
        distances = self.distances(key1)
        one = self.get_index(key1)
        return [self.index_to_key[row] for row in np.flatnonzero(distances < distances[self.get_index(key2)])
                if row != one]

    words_closer_than = closer_than

    def relative_cosine_similarity(self, wa: Key, wb: Key, topn: int = 10) -> float:
        """The similarity over the sum of those of the topn nearest of wa (A. Leeuwenberg et al. 2016)."""
        return float(self.similarity(wa, wb) / sum(score for _, score in self.similar_by_key(wa, topn)))

    def wmdistance(self, *args: Any, **kwargs: Any) -> float:
        raise NotImplementedError("wmdistance: the package has no solver for optimal transport; "
                                  "to_gensim().wmdistance() has")

    # Evaluation.

    def evaluate_word_analogies(self, analogies: Any, restrict_vocab: Optional[int] = 300000,
                                case_insensitive: bool = True, dummy4unknown: bool = False,
                                similarity_function: str = "most_similar") -> Tuple[float, List[Dict[str, Any]]]:
        """(share of correct answers, [{'section', 'correct', 'incorrect'}, ..., the total]) of the questions `a b c d`
        of a file with ": section" lines: is d the nearest to b - a + c?"""
        if similarity_function != "most_similar":
            raise NotImplementedError("similarity_function: expected 'most_similar'")
        return _evaluation.analogies(self, os.fspath(analogies), restrict_vocab or len(self), case_insensitive,
                                     dummy4unknown)

    def evaluate_word_pairs(self, pairs: Any, delimiter: str = "\t", encoding: str = "utf8",
                            restrict_vocab: Optional[int] = 300000, case_insensitive: bool = True,
                            dummy4unknown: bool = False) -> Tuple[Any, Any, float]:
        """((Pearson's r, p), (Spearman's rho, p), percentage of pairs with a missing word) of the agreement with a file
        of pairs of words and scores. p is NaN without scipy."""
        return _evaluation.pairs(self, os.fspath(pairs), delimiter, encoding, restrict_vocab or len(self),
                                 case_insensitive, dummy4unknown)

    # Files.

    def save_word2vec_format(self, fname: Any, fvocab: Any = None, binary: bool = False,
                             total_vec: Optional[int] = None, write_header: bool = True, prefix: str = "",
                             append: bool = False, sort_attr: str = "count") -> None:
        """word2vec.c's format, text or binary, in decreasing order of `sort_attr`; fvocab: a file of `word count`
        lines."""
        if append or total_vec not in (None, len(self)):
            raise NotImplementedError("append, total_vec: files are written as a whole")
        order = np.arange(len(self))
        if sort_attr in self.expandos:
            order = np.argsort(-self.expandos[sort_attr], kind="stable")
        keys = [prefix + str(self.index_to_key[row]) for row in order]
        if binary and not write_header:
            raise ValueError("write_header=False: binary files begin with their size")
        file_format = "binary" if binary else "text" if write_header else "glove"
        if fvocab is not None:
            with open(fvocab, "w", encoding="utf-8") as file:
                for row in order:
                    file.write(f"{prefix}{self.index_to_key[row]} {self.get_vecattr(int(row), sort_attr)}\n")
        vectors = self.vectors if np.array_equal(order, np.arange(len(self))) else self.vectors[order]
        _core.save_vectors(keys, np.ascontiguousarray(vectors, REAL), None, os.fspath(fname), file_format)

    @classmethod
    def load_word2vec_format(cls, fname: Any, fvocab: Any = None, binary: bool = False, encoding: str = "utf8",
                             unicode_errors: str = "strict", limit: Optional[int] = None, datatype: Any = REAL,
                             no_header: bool = False) -> "KeyedVectors":
        """Reads what word2vec.c, gensim, GloVe and this package write: text, binary, .npy or safetensors, with a header
        or without, plain or compressed, the content says. limit: only this many first vectors."""
        del binary, encoding, no_header
        read = _core.load_vectors(readable(fname), limit or 0)
        keys = [word.decode("utf-8", unicode_errors) for word in read.words]
        result = cls._of(keys, read.vectors.astype(datatype, copy=False))
        counts = read.counts if len(read.counts) else np.arange(len(keys), 0, -1, dtype=np.int64)
        if fvocab is not None:
            with open(fvocab, encoding="utf-8", errors=unicode_errors) as file:
                known = dict(line.rsplit(maxsplit=1) for line in file)
            counts = np.array([int(known[key]) for key in keys], np.int64)
        result.expandos["count"] = counts
        return result

    def intersect_word2vec_format(self, fname: Any, lockf: float = 0.0, binary: bool = False, encoding: str = "utf8",
                                  unicode_errors: str = "strict") -> None:
        """Replaces the vectors of the keys that are in a file. lockf: only 1.0, since all vectors are trained."""
        if lockf != 1.0:
            raise NotImplementedError("lockf: all vectors are trained; expected 1.0")
        other = KeyedVectors.load_word2vec_format(fname, binary=binary, encoding=encoding,
                                                  unicode_errors=unicode_errors)
        if other.vector_size != self.vector_size:
            raise ValueError(f"incompatible vector size {other.vector_size} in file {fname}")
        shared = [key for key in other.index_to_key if key in self.key_to_index]
        self.vectors[[self.key_to_index[key] for key in shared]] = other[shared] if shared else 0
        self.norms = None

    def save(self, fname: Any) -> None:
        """As .npy, with the keys and their counts beside it in FILE.vocab, and other attributes of keys in
        FILE.attributes.npz; load() reads them."""
        counts = self.expandos.get("count")
        others = {attr: np.asarray(values) for attr, values in self.expandos.items() if attr != "count"}
        for attr, values in others.items():
            if values.dtype.hasobject:
                raise TypeError(f"attribute {attr!r} is an array of objects: expected numbers, or str of fixed lengths")
        _core.save_vectors([str(key) for key in self.index_to_key], np.ascontiguousarray(self.vectors, REAL),
                           None if counts is None else np.ascontiguousarray(counts, np.int64), os.fspath(fname), "npy")
        attributes = os.fspath(fname) + ".attributes.npz"
        if others:
            with replacing(attributes) as file:
                np.savez(file, **others)  # type: ignore[arg-type]
        elif os.path.exists(attributes):
            os.unlink(attributes)

    @classmethod
    def load(cls, fname: Any, mmap: Any = None) -> "KeyedVectors":
        """What save() wrote. mmap='r': the vectors stay in the file."""
        read = _core.load_vectors(readable(fname), 0)
        result = cls._of([word.decode("utf-8") for word in read.words], read.vectors)
        if mmap is not None:
            result.vectors = np.load(fname, mmap_mode=mmap)
        if len(read.counts):
            result.expandos["count"] = read.counts
        attributes = os.fspath(fname) + ".attributes.npz"
        if os.path.exists(attributes):
            with np.load(attributes, allow_pickle=False) as others:
                result.expandos.update(others)
        return result

    def to_gensim(self) -> Any:
        """gensim's KeyedVectors with the same keys and vectors."""
        from gensim.models import KeyedVectors as GensimVectors
        result = GensimVectors(self.vector_size)
        result.add_vectors(self.index_to_key, np.array(self.vectors))
        for attr, values in self.expandos.items():
            for key, value in zip(self.index_to_key, values):
                result.set_vecattr(key, attr, value)
        return result

    @classmethod
    def from_gensim(cls, vectors: Any) -> "KeyedVectors":
        """From gensim's KeyedVectors (model.wv)."""
        result = cls._of(list(vectors.index_to_key), np.array(vectors.vectors, REAL))
        result.expandos = {attr: np.array(values) for attr, values in vectors.expandos.items()}
        return result

    # gensim 3's names.

    @property
    def index2word(self) -> List[str]:
        _deprecated("index2word", "index_to_key")
        return self.index_to_key

    index2entity = index2word

    @property
    def vocab(self) -> Dict[str, int]:
        _deprecated("vocab", "key_to_index")
        return self.key_to_index

    @property
    def vectors_norm(self) -> Array:
        _deprecated("vectors_norm", "get_normed_vectors()")
        return self.get_normed_vectors()

    def init_sims(self, replace: bool = False) -> None:
        _deprecated("init_sims()", "fill_norms() or unit_normalize_all()")
        if replace:
            self.unit_normalize_all()
        else:
            self.fill_norms()


def _deprecated(old: str, new: str) -> None:
    warnings.warn(f"{old}: use {new}", DeprecationWarning, stacklevel=3)


from . import _evaluation  # noqa: E402  (which needs this module)
