"""Vectors of items, nodes, ... that are integers."""
from __future__ import annotations

from typing import Any, Callable, Dict, Optional

import numpy as np

from . import _core
from .word2vec import Word2Vec


class TrainedIds:
    """vectors: (num_ids, dim) float32, row i is that of id i; counts: (num_ids,) int64, 0 for an id without a vector;
    without: the ids without a vector, whose rows are zero; model: the Word2Vec, whose words are the ids' digits."""

    def __init__(self, vectors: "np.ndarray[Any, Any]", counts: "np.ndarray[Any, Any]",
                 without: "np.ndarray[Any, Any]", model: Word2Vec) -> None:
        self.vectors = vectors
        self.counts = counts
        self.without = without
        self.model = model


def _integers(array: Any) -> "np.ndarray[Any, Any]":
    values = np.ascontiguousarray(array)
    if values.dtype.kind not in "iu":
        raise TypeError(f"an array of {values.dtype}: expected integers")
    if values.dtype in (np.int32, np.int64):
        return values
    if values.size and int(values.max()) > np.iinfo(np.int64).max:
        raise ValueError("an id above 2^63 - 1")
    return values.astype(np.int64)


def _trained_ids(count: Callable[[int], _core.CorpusCounts], encode: Callable[[_core.Vocabulary], _core.Tokens],
                 settings: Dict[str, Any]) -> TrainedIds:
    model = Word2Vec(**settings)
    counted = count(settings.get("max_final_vocab") or 0)
    model._use_vocabulary(counted.vocabulary)
    model._train_tokens(encode(counted.vocabulary), model.epochs)
    return _in_id_order(model, counted.num_ids)


def _resumed_ids(checkpoint: Any, encode: Callable[[_core.Vocabulary], _core.Tokens], num_ids: int,
                 settings: Dict[str, Any]) -> TrainedIds:
    def encode_for(model: Word2Vec) -> _core.Tokens:
        assert model._vocabulary is not None
        return encode(model._vocabulary)

    return _in_id_order(Word2Vec._resumed(checkpoint, encode_for, **settings), num_ids)


def _in_id_order(model: Word2Vec, num_ids: int) -> TrainedIds:
    assert model._vocabulary is not None
    rows = model._vocabulary.rows_of_ids(num_ids)
    present = rows >= 0
    vectors = np.zeros((num_ids, model.vector_size), np.float32)
    vectors[present] = model.wv.vectors[rows[present]]
    counts = np.zeros(num_ids, np.int64)
    counts[present] = model._vocabulary.counts[rows[present]]
    return TrainedIds(vectors, counts, np.flatnonzero(~present), model)


def train_ids(indices: Any, indptr: Optional[Any] = None, *, num_ids: int = 0, min_count: int = 1,
              resume: Optional[Any] = None, **settings: Any) -> TrainedIds:
    """Trains on sequences of ids, which are read where they are (int32 or int64, in C order).

    indices, indptr: sequence i is indices[indptr[i]:indptr[i + 1]], as in scipy's CSR matrices. Without indptr, such a
        matrix, the rows of a two-dimensional array, or a one-dimensional one; negative values are no ids, and end a
        sequence.
    num_ids: rows of the result; 0 = one more than the highest id.
    resume: the path of a checkpoint, whose run goes on, with its min_count.
    settings: as for Word2Vec; with resume as for Word2Vec.resume().
    """
    if indptr is None and hasattr(indices, "indptr"):
        indices, indptr = indices.indices, indices.indptr
    if indptr is None:
        sequences = _core.IdSequences.array(_integers(indices))
    else:
        sequences = _core.IdSequences.csr(_integers(indices), _integers(indptr))
    if resume is not None:
        return _resumed_ids(resume, sequences.encode, num_ids or sequences.count(1, 0, 0).num_ids, settings)
    return _trained_ids(lambda max_vocab: sequences.count(min_count, max_vocab, num_ids), sequences.encode,
                        dict(settings, min_count=min_count))
