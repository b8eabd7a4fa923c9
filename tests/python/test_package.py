"""The package as a whole: its types, its tour, and what long use of it costs."""
import gc
import runpy
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import two_topics

import warp2vec
from warp2vec import Phrases, Word2Vec

ROOT = Path(__file__).parents[2]
SETTINGS = dict(vector_size=50, min_count=1, sample=0, epochs=1, workers=1)


def test_types(tmp_path):
    pytest.importorskip("mypy")
    checked = subprocess.run([sys.executable, "-m", "mypy", "--strict", "--config-file", ROOT / "pyproject.toml",
                              "--cache-dir", tmp_path, Path(warp2vec.__file__).parent, ROOT / "docs/python_tour.py"],
                             stdout=subprocess.PIPE, text=True)
    assert checked.returncode == 0, checked.stdout


def test_tour(capsys):
    runpy.run_path(str(ROOT / "docs/python_tour.py"))
    assert "new_york" in capsys.readouterr().out


def resident_bytes():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads /proc")
def test_nothing_is_left_of_a_model():
    sentences = two_topics(30)
    column = pytest.importorskip("pyarrow").array([" ".join(sentence) for sentence in sentences])

    class Log(warp2vec.CallbackAny2Vec):
        pass

    watched = [sentences, sentences[0], sentences[0][0], column, Log(), SETTINGS]

    def train():
        model = Word2Vec(sentences, callbacks=[watched[4]], hs=1, **SETTINGS)
        model.train(column, total_examples=1, epochs=1)
        model.build_vocab(sentences[:3] + [["new"]], update=True)
        model.score(sentences[:3])
        model.wv.most_similar("river")
        Word2Vec(column, vector_size=1000, **{name: SETTINGS[name] for name in SETTINGS if name != "vector_size"})
        phrases = Phrases(sentences, min_count=1, threshold=0.1)
        list(phrases.freeze()[sentences[:5]])
        with pytest.raises(TypeError):
            Word2Vec([["a"], [1]], **SETTINGS)

    def references():
        return [sys.getrefcount(one) for one in watched]

    for _ in range(20):
        train()
    gc.collect()
    counts, before = references(), resident_bytes()
    for _ in range(200):
        train()
    gc.collect()
    assert references() == counts
    assert resident_bytes() < before + 8 * 2**20  # each has 80 kB of matrices


def test_threads_may_ask_while_another_trains():
    sentences = two_topics(2000)
    model = Word2Vec(sentences, **SETTINGS)
    failures, asked = [], []

    def ask():
        try:
            while trainer.is_alive():
                found = model.wv.most_similar("river", topn=4)
                asked.append(len(found))
                assert np.isfinite([score for _, score in found]).all()
                model.predict_output_word(["river", "lake"])
                model.wv.get_vector("king", norm=True)
        except Exception as failure:
            failures.append(failure)

    trainer = threading.Thread(target=model.train, args=(sentences,), kwargs=dict(total_examples=1, epochs=30))
    trainer.start()
    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for thread in [trainer, *askers]:
        thread.join()
    assert not failures and set(asked) == {4}


def test_models_may_be_trained_at_the_same_time():
    sentences = two_topics(500)
    expected = Word2Vec(sentences, **SETTINGS).wv.vectors
    results = [None] * 3

    def train(i):
        results[i] = Word2Vec(sentences, **SETTINGS).wv.vectors

    threads = [threading.Thread(target=train, args=(i,)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.array_equal(result, expected) for result in results)
