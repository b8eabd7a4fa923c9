import logging
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from conftest import two_topics

import warp2vec
from warp2vec import Word2Vec

SETTINGS = dict(vector_size=20, min_count=5, sample=1e-2, epochs=100, alpha=0.05, seed=3, deterministic=True)
RARE = [["seldom", "river", "lake"]]  # below min_count

CHILD = """
import sys
from conftest import two_topics
from test_checkpoint import RARE, SETTINGS
from warp2vec import Word2Vec
Word2Vec(two_topics() + RARE, sg=int(sys.argv[2]), checkpoint=sys.argv[1], checkpoint_every=100000, **SETTINGS)
"""


class Stop(warp2vec.CallbackAny2Vec):
    """In the second epoch."""

    def __init__(self):
        self.epochs = 0

    def on_epoch_end(self, model):
        self.epochs += 1
        if self.epochs == 2:
            raise KeyboardInterrupt


def stopped(path, sentences, **settings):
    with pytest.raises(KeyboardInterrupt):
        Word2Vec(sentences, checkpoint=path, callbacks=[Stop()], **{**SETTINGS, **settings})


@pytest.mark.parametrize("sg", [0, 1])
def test_a_killed_run_that_is_resumed_learns_what_an_uninterrupted_one_does(sg, tmp_path):
    path, text = tmp_path / "run.ckpt", tmp_path / "text"
    sentences = two_topics() + RARE
    expected = Word2Vec(sentences, sg=sg, **SETTINGS)
    child = subprocess.Popen([sys.executable, "-c", CHILD, path, str(sg)], cwd=os.path.dirname(__file__),
                             env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    while not path.exists():
        assert child.poll() is None, "the run ended without a checkpoint"
        time.sleep(0.005)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    text.write_text("\n".join(map(" ".join, sentences)))
    for resumed in (Word2Vec.resume(path, sentences, checkpoint=tmp_path / "other.ckpt"),
                    Word2Vec.resume(path, corpus_file=text, workers=3)):
        assert resumed.wv.index_to_key == expected.wv.index_to_key
        assert np.array_equal(resumed.wv.vectors, expected.wv.vectors)
        assert np.array_equal(resumed.syn1neg, expected.syn1neg)
        assert resumed.sg == sg and resumed.epochs == 100 and resumed.min_count == 5


@pytest.mark.parametrize("loss", ["hs", "ns+hs", "softmax"])
def test_a_stopped_run_goes_on(sentences, loss, tmp_path, caplog):
    path = tmp_path / "run.ckpt"
    expected = Word2Vec(sentences, loss=loss, **{**SETTINGS, "epochs": 4})
    with caplog.at_level(logging.INFO):
        stopped(path, sentences, loss=loss, epochs=4)
    assert f"checkpoint {path}, after 40000 words" in caplog.text
    for _ in range(2):  # then it is finished
        resumed = Word2Vec.resume(path, sentences)
        assert resumed.loss == loss
        assert np.array_equal(resumed.wv.vectors, expected.wv.vectors)
    longer = Word2Vec.resume(path, iter(sentences), epochs=6)
    assert longer.epochs == 6 and not np.array_equal(longer.wv.vectors, expected.wv.vectors)
    assert Word2Vec(sentences, checkpoint=path, **{**SETTINGS, "epochs": 1}).epochs == 1  # replaces a finished run


def test_runs_on_integers_and_graphs_go_on(tmp_path):
    path = tmp_path / "run.ckpt"
    draws = np.random.default_rng(1)
    settings = dict(vector_size=8, epochs=20, deterministic=True)
    stop = dict(checkpoint=path, callbacks=[Stop()])
    ids = draws.integers(0, 30, (50, 20)) ** 2
    expected = warp2vec.train_ids(ids, num_ids=1000, min_count=20, **settings)
    with pytest.raises(KeyboardInterrupt):
        warp2vec.train_ids(ids, num_ids=1000, min_count=20, **settings, **stop)
    resumed = warp2vec.train_ids(ids, num_ids=1000, resume=path)
    for name in ("vectors", "counts", "without"):
        assert np.array_equal(getattr(resumed, name), getattr(expected, name))
    assert warp2vec.train_ids(ids, resume=path).vectors.shape == (29 ** 2 + 1, 8)
    with pytest.raises(ValueError, match="the text is not that of the checkpoint"):
        warp2vec.train_ids(ids[1:], resume=path)
    with pytest.raises(TypeError, match="multiple values|unexpected"):
        warp2vec.train_ids(ids, resume=path, vector_size=9)
    path.unlink()
    node2vec = warp2vec.Node2Vec(draws.integers(0, 40, (2, 99)), directed=False, num_nodes=41)
    expected = node2vec.fit(**settings)
    stop["callbacks"] = [Stop()]
    with pytest.raises(KeyboardInterrupt):
        node2vec.fit(**settings, **stop)
    resumed = node2vec.resume(path)
    assert np.array_equal(resumed.vectors, expected.vectors) and np.array_equal(resumed.counts, expected.counts)
    assert resumed.wv.index_to_key == expected.wv.index_to_key


def test_nothing_of_value_is_replaced(sentences, tmp_path):
    path = tmp_path / "run.ckpt"
    stopped(path, sentences)
    before = path.read_bytes()
    with pytest.raises(ValueError, match="holds an unfinished run"):
        Word2Vec(sentences, checkpoint=path, **SETTINGS)
    with pytest.raises(ValueError, match="epochs 3 .the checkpoint has 100"):
        Word2Vec.resume(path, sentences, epochs=3)
    with pytest.raises(ValueError, match="the text is not that of the checkpoint: the sentences has 19990 words"):
        Word2Vec.resume(path, sentences[1:])
    with pytest.raises(ValueError, match="not the same ones"):
        Word2Vec.resume(path, sentences[::-1])
    assert path.read_bytes() == before
    other = tmp_path / "other"
    other.write_text("not a checkpoint")
    with pytest.raises(ValueError, match="other"):
        Word2Vec(sentences, checkpoint=other, **SETTINGS)
    assert other.read_text() == "not a checkpoint"


def test_what_cannot_be_saved_or_resumed_is_refused(sentences, tmp_path):
    path = tmp_path / "run.ckpt"
    with pytest.raises(ValueError, match="expected sentences that are the same in each epoch"):
        Word2Vec(lambda: sentences, checkpoint=path, **SETTINGS)
    with pytest.raises(ValueError, match="expected a time such as 90s"):
        Word2Vec(sentences, checkpoint=path, checkpoint_every="1 day", **SETTINGS)
    with pytest.raises(ValueError, match="cannot write .*run.ckpt"):
        Word2Vec([["new york", "river"]] * 5, checkpoint=path, **SETTINGS)
    with pytest.raises(FileNotFoundError, match="no such folder"):
        Word2Vec(sentences, checkpoint=tmp_path / "none" / "run.ckpt", **SETTINGS)
    assert os.listdir(tmp_path) == []
    stopped(path, sentences)
    with pytest.raises(ValueError, match="sentences is a function"):
        Word2Vec.resume(path, lambda: sentences)
    with pytest.raises(TypeError, match="must be provided"):
        Word2Vec.resume(path)
    with pytest.raises(FileNotFoundError):
        Word2Vec.resume(tmp_path / "none", sentences)


def test_a_checkpoint_that_cannot_be_written_does_not_stop_training(sentences, tmp_path, caplog):
    folder = tmp_path / "folder"
    folder.mkdir()

    class Remove(warp2vec.CallbackAny2Vec):
        def on_epoch_end(self, model):
            if folder.exists():
                folder.rmdir()

    model = Word2Vec(sentences, checkpoint=folder / "run.ckpt", callbacks=[Remove()], **{**SETTINGS, "epochs": 2})
    assert model.train_count == 1
    assert "no checkpoint after 40000 words: " in caplog.text
