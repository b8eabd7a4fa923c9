import sys
import tracemalloc

import numpy as np
import pytest
from conftest import two_topics

import warp2vec
from warp2vec import Word2Vec

TEXTS = ["the river  flows", None, "", " the\tlake\nis a very-long-word-of-more-than-12-bytes ", "Zürich the lake",
         "twelve bytes"] * 30
LISTS = [None if text is None else text.split() for text in TEXTS]
SENTENCES = [words or [] for words in LISTS]
SETTINGS = dict(vector_size=8, min_count=1, sample=0, epochs=2, workers=1)


def arrow():
    return pytest.importorskip("pyarrow")


def pandas():
    return pytest.importorskip("pandas")


def polars():
    return pytest.importorskip("polars")


COLUMNS = {
    "arrow": lambda: arrow().array(TEXTS),
    "arrow, large": lambda: arrow().array(TEXTS, arrow().large_string()),
    "arrow, views": lambda: arrow().array(TEXTS, arrow().string_view()),
    "arrow, sliced views": lambda: arrow().array(["x"] + TEXTS, arrow().string_view())[1:],
    "arrow, sliced structs": lambda: arrow().StructArray.from_arrays([arrow().array(["x"] + TEXTS)], ["text"])[1:],
    "arrow, sliced": lambda: arrow().array(["x y"] * 3 + TEXTS + ["z"])[3:-1],
    "arrow, chunks": lambda: arrow().chunked_array([TEXTS[:7], [], TEXTS[7:]]),
    "arrow, lists": lambda: arrow().array(LISTS),
    "arrow, large lists of views, sliced": lambda: arrow().array(
        [["x"]] + LISTS, arrow().large_list(arrow().string_view()))[1:],
    "arrow, table": lambda: arrow().table({"text": ["x", *TEXTS]})[1:],
    "arrow, batch": lambda: arrow().record_batch({"text": arrow().array(TEXTS + ["x"])}).slice(0, len(TEXTS)),
    "polars": lambda: polars().Series(TEXTS),
    "polars, lists": lambda: polars().Series(LISTS),
    "polars, frame": lambda: polars().DataFrame({"text": TEXTS}),
    "pandas": lambda: pandas().Series(TEXTS),
    "pandas, objects": lambda: pandas().Series(TEXTS, dtype=object),
    "pandas, arrow": lambda: arrow() and pandas().Series(TEXTS, dtype="string[pyarrow]"),
    "pandas, rows picked": lambda: pandas().Series(TEXTS + ["x"], index=range(len(TEXTS) + 1))[:-1],
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_columns_are_as_lists_of_words(kind):
    expected = Word2Vec(SENTENCES, **SETTINGS)
    column = COLUMNS[kind]()
    at_once = Word2Vec(column, **SETTINGS)
    apart = Word2Vec(**SETTINGS)
    apart.build_vocab(column)
    apart.train(column, total_examples=apart.corpus_count, epochs=2)
    for model in (at_once, apart):
        assert model.wv.index_to_key == expected.wv.index_to_key
        assert (model.corpus_count, model.corpus_total_words) == (expected.corpus_count, expected.corpus_total_words)
        assert np.array_equal(model.wv.vectors, expected.wv.vectors)


def test_columns_of_lists_of_pandas():
    series = pandas().Series([["a", "b"], ["b", "a", "c"]] * 20)
    assert set(Word2Vec(series, **SETTINGS).wv.index_to_key) == {"a", "b", "c"}


@pytest.mark.parametrize("column, message", [
    (lambda: arrow().array([1, 2]), "'l'"), (lambda: arrow().array(TEXTS).dictionary_encode(), "with a dictionary"),
    (lambda: arrow().table({"a": TEXTS, "b": TEXTS}), "2 columns: expected one"),
    (lambda: arrow().array([[1]]), "'\\+l'")])
def test_other_columns_are_refused(column, message):
    with pytest.raises(ValueError, match=message):
        Word2Vec(column(), **SETTINGS)


def test_columns_become_no_python_objects_and_are_given_back():
    column = arrow().array([" ".join(sentence) for sentence in two_topics(5000)])
    before = arrow().total_allocated_bytes(), sys.getrefcount(column)
    model = Word2Vec(**SETTINGS)
    tracemalloc.start()
    try:
        model.build_vocab(column)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert model.corpus_total_words == 50000
    assert peak < 100000
    assert (arrow().total_allocated_bytes(), sys.getrefcount(column)) == before
    del column
    assert arrow().total_allocated_bytes() < before[0]  # nothing holds it


def test_a_function_makes_the_sentences_of_each_epoch():
    calls = []

    def sentences():
        calls.append(None)
        yield from two_topics(200, seed=len(calls))

    epochs = []

    class Log(warp2vec.CallbackAny2Vec):
        def on_epoch_begin(self, model):
            epochs.append("begins")

        def on_epoch_end(self, model):
            epochs.append("ends")

    model = Word2Vec(sentences, callbacks=[Log()], **SETTINGS)
    assert len(calls) == 3 and epochs == ["begins", "ends"] * 2
    assert model.train(sentences, total_examples=200, epochs=3) == (6000, 6000)
    assert len(calls) == 6
    assert model.corpus_count == 200
    # As call by call, with the learning rates of the whole.
    other = Word2Vec(**SETTINGS)
    calls.clear()
    other.build_vocab(sentences)
    assert other.min_alpha_yet_reached == 0.025
    middle = (0.025 + 0.0001) / 2
    other.train(two_topics(200, seed=2), total_examples=200, epochs=1, start_alpha=0.025, end_alpha=middle)
    other.seed += 1
    other.train(two_topics(200, seed=3), total_examples=200, epochs=1, start_alpha=middle, end_alpha=0.0001)
    calls.clear()
    assert np.array_equal(Word2Vec(sentences, **SETTINGS).wv.vectors, other.wv.vectors)


def test_matrices_in_csr_form_are_sequences():
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.csr_matrix((np.ones(8), [5, 2, 4, 0, 2, 5, 0, 1], [0, 3, 3, 8]))
    trained = warp2vec.train_ids(matrix, vector_size=8, workers=1)
    assert np.array_equal(trained.vectors,
                          warp2vec.train_ids(matrix.indices, matrix.indptr, vector_size=8, workers=1).vectors)
