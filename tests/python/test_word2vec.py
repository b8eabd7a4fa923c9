import copy
import pickle
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from conftest import TOPICS, two_topics

import warp2vec
from warp2vec import Word2Vec


def neighbours(model, word="river"):
    return {other for other, _ in model.wv.most_similar(word, topn=4)}


@pytest.mark.parametrize("loss", [dict(), dict(hs=1, negative=0), dict(hs=1)])
@pytest.mark.parametrize("sg", [0, 1])
def test_words_of_a_topic_become_neighbours(sentences, settings, loss, sg):
    model = Word2Vec(sentences, sg=sg, **loss, **settings)
    assert neighbours(model) == set(TOPICS[0]) - {"river"}
    assert model.wv.vectors.shape == (10, 20)
    assert model.wv.vectors.dtype == np.float32


def test_the_constructor_and_the_two_calls_learn_the_same(sentences, settings, tmp_path):
    at_once = Word2Vec(sentences, **settings)
    model = Word2Vec(**settings)
    model.build_vocab(sentences)
    untrained = model.wv.vectors.copy()
    trained, words = model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
    assert words == 5 * 20000
    assert trained == words  # sample=0
    assert model.corpus_count == 2000
    assert not np.array_equal(model.wv.vectors, untrained)
    assert np.array_equal(model.wv.vectors, at_once.wv.vectors)
    text = tmp_path / "text"
    text.write_text("\n".join(map(" ".join, sentences)))
    from_file = Word2Vec(corpus_file=str(text), **settings)
    assert np.array_equal(from_file.wv.vectors, at_once.wv.vectors)


def test_sentences_may_be_a_generator_in_the_constructor(sentences, settings):
    model = Word2Vec((iter(sentence) for sentence in sentences), **settings)
    assert np.array_equal(model.wv.vectors, Word2Vec(sentences, **settings).wv.vectors)


def test_words_are_any_str(settings):
    sentences = [["new york", "Zürich", "東京", ""]] * 50
    model = Word2Vec(sentences, **settings)
    assert set(model.wv.index_to_key) == {"new york", "Zürich", "東京", ""}


def test_words_are_in_the_order_of_counts(settings):
    model = Word2Vec([["b", "a", "c", "a"], ["c", "a", "d"]] * 10, **settings)
    assert model.wv.index_to_key == ["a", "c", "b", "d"]  # equal counts: as they first occur
    assert [model.wv.get_vecattr(word, "count") for word in "acbd"] == [30, 20, 10, 10]


def test_rules_select_words(settings):
    sentences = [["a", "a", "b", "b", "c", "d"]] * 3
    settings["min_count"] = 4
    assert set(Word2Vec(sentences, **settings).wv.index_to_key) == {"a", "b"}

    def rule(word, count, min_count):
        assert min_count == 4
        return {"a": 1, "c": 2}.get(word, 0)  # discard, keep, as min_count says

    assert set(Word2Vec(sentences, trim_rule=rule, **settings).wv.index_to_key) == {"b", "c"}
    settings["min_count"] = 1
    for most, left in [(4, 4), (3, 2), (2, 2)]:  # c and d occur equally often
        model = Word2Vec(sentences, max_final_vocab=most, **settings)
        assert len(model.wv) == left
        assert model.effective_min_count == (1 if most == 4 else 4)


def test_vocabularies_of_counts(sentences, settings):
    model = Word2Vec(**settings)
    model.build_vocab_from_freq({"river": 5, "lake": 7, "rare": 1}, corpus_count=2)
    assert model.wv.index_to_key == ["lake", "river", "rare"]
    model.train(sentences, total_examples=2000, epochs=1)


def test_new_words_join_and_old_ones_keep_their_vectors(sentences, settings):
    model = Word2Vec(sentences, **settings)
    river = model.wv["river"].copy()
    output = model.syn1neg[model.wv.key_to_index["river"]].copy()
    model.build_vocab([["river", "delta"]] * 7, update=True)
    assert np.array_equal(model.wv["river"], river)
    assert np.array_equal(model.syn1neg[model.wv.key_to_index["river"]], output)
    assert model.wv.get_vecattr("delta", "count") == 7
    before = model.wv["delta"].copy()
    model.train([["river", "delta"]] * 7, total_examples=7, epochs=1)
    assert not np.array_equal(model.wv["delta"], before)


def test_vectors_begin_as_those_of_gensim(settings):
    model = Word2Vec(**{**settings, "vector_size": 400})
    model.build_vocab([["a", "b", "c", "d"]] * 5)
    values = model.wv.vectors * 400  # uniform in -1 to 1
    assert -1 <= values.min() < -0.99 and 0.99 < values.max() < 1
    assert abs(values.mean()) < 0.1 and abs(values.std() - 1 / np.sqrt(3)) < 0.05


def test_vectors_that_were_assigned_are_trained_on(sentences, settings):
    model = Word2Vec(**settings)
    model.build_vocab(sentences)
    given = np.random.default_rng(1).normal(size=(10, 20)).astype(np.float32)
    model.wv.vectors = given.copy()
    model.train(sentences[:1], total_examples=1, epochs=1, start_alpha=1e-6)
    assert np.allclose(model.wv.vectors, given, atol=1e-4)
    model.wv.vectors = np.zeros((3, 20), np.float32)
    with pytest.raises(ValueError, match="expected \\(10, 20\\)"):
        model.train(sentences, total_examples=1, epochs=1)


def test_min_alpha_is_where_the_learning_rate_ends(sentences, settings):
    falling, constant = (Word2Vec(sentences, min_alpha=min_alpha, **settings) for min_alpha in (0.0001, 0.05))
    assert not np.allclose(constant.wv.vectors, falling.wv.vectors, atol=0.01)
    assert constant.min_alpha_yet_reached == 0.05


def test_callbacks_are_called_in_order_with_the_vectors_so_far(sentences, settings):
    calls, vectors = [], []

    class Log(warp2vec.CallbackAny2Vec):
        def on_train_begin(self, model):
            calls.append("train begins")

        def on_epoch_begin(self, model):
            calls.append("epoch begins")

        def on_epoch_end(self, model):
            calls.append("epoch ends")
            vectors.append(model.wv.vectors.copy())
            assert model.get_latest_training_loss() > 0

        def on_train_end(self, model):
            calls.append("train ends")

    settings["epochs"] = 2
    Word2Vec(sentences, callbacks=[Log()], compute_loss=True, **settings)
    assert calls == ["train begins", "epoch begins", "epoch ends", "epoch begins", "epoch ends", "train ends"]
    assert not np.array_equal(vectors[0], vectors[1])


def test_what_a_callback_raises_is_raised_and_the_model_stays_usable(sentences, settings):
    class Stop(warp2vec.CallbackAny2Vec):
        def on_epoch_end(self, model):
            raise StopIteration("enough")

    model = Word2Vec(**settings)
    model.build_vocab(sentences)
    with pytest.raises(StopIteration, match="enough"):
        model.train(sentences, total_examples=1, epochs=50, callbacks=[Stop()])
    assert np.isfinite(model.wv.vectors).all()
    model.train(sentences, total_examples=1, epochs=1)
    assert neighbours(model) <= set(TOPICS[0])


def test_an_interrupt_ends_training_at_once_and_the_model_stays_usable(sentences, settings):
    model = Word2Vec(**settings)
    model.build_vocab(sentences)
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        signal.pthread_kill(main, signal.SIGINT)

    main = threading.get_ident()
    timer = threading.Timer(0.3, interrupt)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        model.train(sentences, total_examples=1, epochs=100000)
    assert time.monotonic() - sent[0] < 5  # a loaded machine; some 0.1 s otherwise
    assert np.isfinite(model.wv.vectors).all()
    assert len(model.wv.most_similar("river", topn=3)) == 3


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
@pytest.mark.parametrize("loss", [dict(), dict(hs=1, negative=0)])
def test_copies_train_on_apart(sentences, settings, duplicate, loss):
    model = Word2Vec(sentences, **loss, **settings)
    other = duplicate(model)
    assert np.array_equal(other.wv.vectors, model.wv.vectors)
    assert other.wv.get_vecattr("river", "count") == model.wv.get_vecattr("river", "count")
    before = model.wv.vectors.copy()
    for trained in (other, model):
        trained.train(sentences[:100], total_examples=100, epochs=1)
        assert not np.array_equal(trained.wv.vectors, before)
    assert np.array_equal(other.wv.vectors, model.wv.vectors)


@pytest.mark.parametrize("loss", [dict(), dict(hs=1, negative=0), dict(hs=1)])
def test_models_are_saved_and_train_on(sentences, settings, loss, tmp_path):
    settings["window"] = 3
    model = Word2Vec(sentences, min_alpha=0.01, sg=1, **loss, **settings)
    model.save(tmp_path / "model")
    read = Word2Vec.load(tmp_path / "model")
    assert np.array_equal(read.wv.vectors, model.wv.vectors)
    assert read.wv.index_to_key == model.wv.index_to_key
    assert read.wv.get_vecattr("river", "count") == model.wv.get_vecattr("river", "count")
    for name in ("vector_size", "window", "alpha", "min_alpha", "sg", "hs", "negative", "epochs", "sample", "seed"):
        assert getattr(read, name) == getattr(model, name), name
    read.workers = 1
    for trained in (read, model):
        trained.train(sentences[:100], total_examples=100, epochs=1)
    assert np.array_equal(read.wv.vectors, model.wv.vectors)


def test_the_two_steps_of_build_vocab(sentences, settings, caplog):
    model = Word2Vec(**settings)
    with caplog.at_level("INFO"):
        assert model.scan_vocab([["a", "a", "b"], ["c", "b", "a"], ["a"]], progress_per=2) == (7, 3)
    assert "at sentence #2, processed 6 words, keeping 3 word types" in caplog.text
    assert "collected 3 word types from a corpus of 7 raw words and 3 sentences" in caplog.text
    assert model.raw_vocab == {"a": 4, "b": 2, "c": 1}
    report = model.prepare_vocab(min_count=2, sample=0.1, dry_run=True)
    assert report["num_retained_words"] == 2 and report["drop_unique"] == 1 and report["retain_total"] == 6
    assert report["downsample_unique"] == 2 and 0 < report["downsample_total"] < 6
    assert len(model.wv) == 0 and model.min_count == 1
    model.prepare_vocab(min_count=2, keep_raw_vocab=True)
    assert model.wv.index_to_key == ["a", "b"] and model.min_count == 2 and len(model.raw_vocab) == 3
    model.raw_vocab = {"x": 1, "y": 2}
    model.prepare_vocab(min_count=1)
    assert model.wv.index_to_key == ["y", "x"]
    model.build_vocab(sentences)
    assert model.raw_vocab == {}


def test_unsorted_words_have_the_same_vectors(settings, tmp_path):
    sentences = [["b", "a", "c", "a"], ["c", "a", "d"]] * 10
    expected = Word2Vec(sentences, **settings)
    model = Word2Vec(sentences, sorted_vocab=0, **settings)
    assert model.wv.index_to_key == ["b", "a", "c", "d"]
    for other in (model, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        for word in "abcd":
            assert np.array_equal(other.wv[word], expected.wv[word])
            assert other.wv.get_vecattr(word, "count") == expected.wv.get_vecattr(word, "count")
            row = other.wv.key_to_index[word]
            assert np.array_equal(other.syn1neg[row], expected.syn1neg[expected.wv.key_to_index[word]])
    assert dict(model.predict_output_word(["a"])) == pytest.approx(dict(expected.predict_output_word(["a"])))
    for trained in (expected, model):
        trained.wv.vectors[:] = 0.1
        trained.train(sentences, total_examples=1, epochs=1)
    assert np.array_equal(model.wv["d"], expected.wv["d"])
    d = model.wv["d"].copy()
    model.build_vocab([["e", "e", "b"]], update=True)
    assert model.wv.index_to_key == ["b", "a", "c", "d", "e"]
    assert np.array_equal(model.wv["d"], d)
    model.save(tmp_path / "model")
    assert np.array_equal(Word2Vec.load(tmp_path / "model").wv["d"], d)


@pytest.mark.parametrize("settings_", [dict(sg=1), dict(sg=0), dict(sg=0, cbow_mean=0)])
def test_scores_are_log_probabilities(sentences, settings, settings_):
    model = Word2Vec(sentences, hs=1, negative=0, window=2, **settings_, **settings)
    topic, mixed = ["river", "lake", "water", "boat"], ["river", "king", "water", "queen"]
    scores = model.score([topic, mixed, ["unknown"], [], ["river"]])
    assert scores.dtype == np.float64 and scores.shape == (5,)
    assert scores[1] < scores[0] < 0
    assert (scores[2:] == 0).all()
    assert len(model.score([topic] * 3, total_sentences=2)) == 2
    with pytest.raises(RuntimeError, match="hs=1"):
        Word2Vec(sentences, **settings).score([topic])
    with pytest.raises(RuntimeError, match="first build vocabulary"):
        Word2Vec(hs=1, **settings).score([topic])


@pytest.mark.parametrize("sg, mean", [(1, 1), (0, 1), (0, 0)])
def test_scores_of_two_words(settings, sg, mean):
    model = Word2Vec([["a", "b", "a"]] * 50, hs=1, negative=0, sg=sg, cbow_mean=mean, window=2, **settings)
    a, b, node = model.wv["a"], model.wv["b"], model.syn1[0]  # of the only node, a is to the left

    def log_p(x, sign):
        return -np.log1p(np.exp(-sign * (x @ node)))

    expected = log_p(a, -1) + log_p(b, 1)
    assert model.score([["a", "b"]])[0] == pytest.approx(expected, rel=1e-5)
    if sg:
        expected = log_p(b, 1) * 2 + log_p(b, -1) * 2 + log_p(a, -1) * 2
    else:
        expected = log_p((b + b) / (2 if mean else 1), 1) + 2 * log_p((a + b) / (2 if mean else 1), -1)
    assert model.score([["a", "b", "b"]])[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("sorted_vocab", [1, 0])
@pytest.mark.parametrize("loss", ["hs", "ns+hs", "softmax"])
@pytest.mark.parametrize("sg", [0, 1])
def test_probabilities(sentences, settings, loss, sg, sorted_vocab, tmp_path):
    model = Word2Vec(sentences, loss=loss, sg=sg, sorted_vocab=sorted_vocab, **settings)
    assert neighbours(model) == set(TOPICS[0]) - {"river"}
    values = model.log_probabilities("river")
    assert values.shape == (10,) and np.exp(values).sum() == pytest.approx(1, abs=1e-12)
    for word in ("lake", "king"):
        assert model.log_probability(word, "river") == values[model.wv.key_to_index[word]]
    assert model.top_k("river", topn=3) == [(word, values[model.wv.key_to_index[word]])
                                            for word in sorted(model.wv.key_to_index, key=lambda word:
                                                               -values[model.wv.key_to_index[word]])[:3]]
    assert {word for word, _ in model.top_k("river", topn=5)} == set(TOPICS[0])
    if sg:
        with pytest.raises(ValueError, match="from one context word"):
            model.log_probabilities(["river", "lake"])
    else:
        assert model.log_probability("boat", ["river", "lake"]) > model.log_probability("boat", ["river", "king"])
    if loss == "softmax":
        hidden = model.wv["river"].astype(float)
        scores = model.syn1neg.astype(float) @ hidden
        assert values == pytest.approx(scores - np.log(np.exp(scores).sum()), abs=1e-5)
    with pytest.raises(KeyError):
        model.log_probability("river", "unknown")
    model.save(tmp_path / "model")
    read = Word2Vec.load(tmp_path / "model")
    assert read.loss == loss and read.log_probability("lake", "river") == model.log_probability("lake", "river")
    with pytest.raises(ValueError, match="--loss ns has no P"):
        Word2Vec(sentences, **settings).log_probabilities("river")
    with pytest.raises(RuntimeError, match="first build vocabulary"):
        Word2Vec(loss=loss, **settings).log_probabilities("river")


def test_the_loss_has_other_names(settings):
    assert Word2Vec(loss="ns,hs", negative=7, **settings).loss == "ns+hs"
    assert Word2Vec(hs=1, negative=0, **settings).loss == "hs"
    model = Word2Vec(loss="softmax", **settings)
    assert (model.hs, model.negative) == (0, 0)
    model.negative = 5
    assert model.loss == "ns"


def test_deterministic_training_is_that_of_any_number_of_workers_and_forms(sentences, settings, tmp_path):
    sentences = sentences + [sum(sentences[:300], [])]  # longer than what is trained as one sentence
    text = tmp_path / "text"
    text.write_text("\n".join(map(" ".join, sentences)))
    settings["deterministic"] = True
    first, other, from_file = (Word2Vec(given, corpus_file=file, **{**settings, "workers": workers})
                               for given, file, workers in ((sentences, None, 1), (sentences, None, 3), (None, text, 2)))
    settings["deterministic"] = False
    assert np.array_equal(first.wv.vectors, other.wv.vectors)
    assert np.array_equal(first.wv.vectors, from_file.wv.vectors)
    one_thread = Word2Vec(sentences, **settings)
    assert np.array_equal(first.wv.vectors, one_thread.wv.vectors)


def test_training_is_logged_as_by_gensim(sentences, settings, caplog):
    with caplog.at_level("INFO"):
        model = Word2Vec(sentences, **settings)
        assert "Effective 'alpha' higher" not in caplog.text
        model.train(sentences, total_examples=2000, epochs=1)
    assert "EPOCH 4: training on 100000 raw words" in caplog.text
    assert "effective_min_count=1 retains 10 unique words (100.00% of original 10, drops 0)" in caplog.text
    assert "Effective 'alpha' higher" in caplog.text
    assert all(isinstance(value, int) for value in model.estimate_memory().values())


def test_a_bar_shows_progress(sentences, settings, capsys, caplog, monkeypatch):
    pytest.importorskip("tqdm")
    Word2Vec(sentences, progress=True, **settings)
    Word2Vec(lambda: iter(sentences), progress=True, **settings)
    shown = capsys.readouterr().err
    assert shown.count("100%") >= 2 and shown.count("5.00/5") >= 2
    Word2Vec(sentences, **settings)
    assert capsys.readouterr().err == ""
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    Word2Vec(sentences, progress=True, **settings)
    assert "tqdm is not installed" in caplog.text


def test_predictions(sentences, settings):
    model = Word2Vec(sentences, **settings)
    predicted = model.predict_output_word(["river", "lake"], topn=3)
    assert {word for word, _ in predicted} <= set(TOPICS[0])
    assert sum(probability for _, probability in model.predict_output_word(["river"], topn=10)) == pytest.approx(1)
    with pytest.warns(UserWarning, match="out-of-vocabulary"):
        assert model.predict_output_word(["unknown"]) is None


@pytest.mark.parametrize("settings_, message", [
    (dict(vector_size=0), "--dim"), (dict(window=0), "--window"), (dict(hs=0, negative=0), "nothing to train"),
    (dict(sample=2), "--sample"), (dict(device="gpu"), "expected 'auto'"), (dict(device="cuda:x"), "expected 'auto'"),
    (dict(sharing="none"), "expected"), (dict(loss="ce"), "expected"), (dict(alpha=-1), "--lr")])
def test_wrong_settings_are_refused_at_once(settings_, message):
    with pytest.raises(ValueError, match=message):
        Word2Vec(**settings_)


def test_wrong_calls_are_refused(sentences, settings, caplog):
    with pytest.raises(TypeError, match="unexpected keyword argument 'vectorsize'"):
        Word2Vec(vectorsize=3)
    with pytest.raises(TypeError, match="one str"):
        Word2Vec("a b c")
    with pytest.raises(TypeError, match="sentence 1, word 0 is .*int.*expected str"):
        Word2Vec([["a"], [1]], min_count=1)
    with pytest.raises(RuntimeError, match="first build vocabulary"):
        Word2Vec([])
    with pytest.raises(RuntimeError, match="first build vocabulary"):
        Word2Vec(sentences, min_count=10**6)
    with pytest.raises(RuntimeError, match="first build vocabulary"):
        Word2Vec(**settings).train(sentences, total_examples=1, epochs=1)
    with pytest.raises(FileNotFoundError):
        Word2Vec(corpus_file="no such file")
    with pytest.raises(FileNotFoundError):
        Word2Vec.load("no such file")
    model = Word2Vec(sentences, **settings)
    with pytest.raises(ValueError, match="epochs"):
        model.train(sentences, total_examples=1)
    with pytest.raises(ValueError, match="total_examples"):
        model.train(sentences, epochs=1)
    Word2Vec(["ab", "ba"], **settings)
    assert "should be a list of words" in caplog.text
    with pytest.raises(warp2vec.Error, match="no line of the text has two words"):
        Word2Vec([["a"], ["b"]], **settings)
    settings["sample"] = 1e-12
    with pytest.warns(UserWarning, match="nothing was trained: sample=1e-12"):
        Word2Vec([["a", "b"]] * 10, **settings)


def test_the_names_of_gensim_3_warn(sentences, settings):
    del settings["vector_size"], settings["epochs"]
    with pytest.warns(DeprecationWarning):
        model = Word2Vec(sentences, size=7, iter=2, **settings)
    assert (model.vector_size, model.epochs) == (7, 2)
    with pytest.warns(DeprecationWarning):
        assert model.wv.vocab == model.wv.key_to_index
    with pytest.warns(DeprecationWarning):
        assert model.wv.index2word == model.wv.index_to_key


def test_deterministic_vectors_do_not_depend_on_workers(settings):
    some = two_topics(3000)
    del settings["workers"]
    one, two = (Word2Vec(some, workers=workers, deterministic=True, **settings) for workers in (1, 2))
    assert np.array_equal(one.wv.vectors, two.wv.vectors)


def test_no_warnings_in_ordinary_use(sentences, settings):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Word2Vec(sentences, **settings).wv.most_similar("river")
