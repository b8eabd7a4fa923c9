import numpy as np
import pytest

import warp2vec

SETTINGS = dict(vector_size=8, sample=0, epochs=3, workers=1)
INDICES = np.array([5, 2, 5, 0, 2, 5, 0, 0], np.int64)
INDPTR = np.array([0, 3, 3, 8], np.int64)
ROWS = [[5, 2, 5, -1, -1], [-1] * 5, [0, 2, 5, 0, 0]]


def test_rows_are_in_the_order_of_ids():
    trained = warp2vec.train_ids(INDICES, INDPTR, **SETTINGS)
    assert trained.vectors.shape == (6, 8)
    assert trained.counts.tolist() == [3, 0, 2, 0, 0, 3]
    assert trained.without.tolist() == [1, 3, 4]
    assert not trained.vectors[[1, 3, 4]].any()
    assert np.array_equal(trained.vectors[5], trained.model.wv["5"])
    assert warp2vec.train_ids(INDICES, INDPTR, num_ids=9, **SETTINGS).vectors.shape == (9, 8)


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint16, np.int8])
def test_all_forms_are_the_same(dtype):
    expected = warp2vec.train_ids(INDICES, INDPTR, **SETTINGS).vectors
    separated = np.array([5, 2, 5, 99, 0, 2, 5, 0, 0])
    signed = np.dtype(dtype).kind == "i"
    forms = [warp2vec.train_ids(INDICES.astype(dtype), INDPTR.astype(dtype), **SETTINGS)]
    if signed:
        forms.append(warp2vec.train_ids(np.array(ROWS, dtype), **SETTINGS))
        forms.append(warp2vec.train_ids(np.where(separated == 99, -1, separated).astype(dtype), **SETTINGS))
        forms.append(warp2vec.train_ids(np.asfortranarray(np.array(ROWS, dtype)), **SETTINGS))
    for form in forms:
        assert np.array_equal(form.vectors, expected)


def test_rare_ids_have_no_vector():
    assert warp2vec.train_ids(INDICES, INDPTR, min_count=3, **SETTINGS).without.tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize("indices, indptr, message", [
    (INDICES, INDPTR[:-1], "offset"), (INDICES, INDPTR[::-1], "offset"), (INDICES - 1, INDPTR, "-1"),
    (np.zeros((2, 2, 2), np.int64), None, "dimensions"), (np.array([2**64 - 1], np.uint64), None, "2\\^63")])
def test_wrong_arrays_are_refused(indices, indptr, message):
    with pytest.raises(ValueError, match=message):
        warp2vec.train_ids(indices, indptr, **SETTINGS)


def test_ids_are_integers():
    with pytest.raises(TypeError, match="float64: expected integers"):
        warp2vec.train_ids(np.array([1.0, 2.0]), **SETTINGS)
