import copy
import math
import pickle
import random
from collections import Counter

import pytest

from warp2vec import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phraser, Phrases, Word2Vec
from warp2vec.phrases import npmi_scorer, original_scorer

CONNECTORS = frozenset({"of", "the"})


def text(sentences=400, seed=1):
    """With a few pairs that mostly occur together, connectors, and a word that looks like a joined pair."""
    draw = random.Random(seed)
    words = ["new york", "bank of america", "lord of the rings", "of", "the", "new_york", *"abcdefgh"]
    return [" ".join(draw.choices(words, k=draw.randint(0, 9))).split() for _ in range(sentences)]


class Expected:
    """gensim's definition, from its documentation: counts of words and of candidates by their joined text."""

    def __init__(self, sentences, delimiter="_", connectors=frozenset()):
        self.delimiter, self.connectors = delimiter, connectors
        self.vocab, self.words = Counter(), sum(map(len, sentences))
        for sentence in sentences:
            self.vocab.update(word for word in sentence if word not in connectors)
            self.vocab.update(delimiter.join(sentence[i:j + 1]) for i, j in self.candidates(sentence))

    def candidates(self, sentence):
        ends = [i for i, word in enumerate(sentence) if word not in self.connectors]
        return list(zip(ends, ends[1:]))

    def score(self, first, last, phrase, npmi, min_count):
        a, b, both = self.vocab[first], self.vocab[last], self.vocab[phrase]
        if npmi:
            p = both / self.words
            return math.log(p / (a / self.words * (b / self.words))) / -math.log(p) if both >= min_count else -math.inf
        return (both - min_count) / (a * b) * len(self.vocab)

    def joined(self, sentence, npmi, min_count, threshold):
        result, at = [], 0
        for i, j in self.candidates(sentence):
            phrase = self.delimiter.join(sentence[i:j + 1])
            known = i >= at and self.vocab[phrase] > 0
            if known and self.score(sentence[i], sentence[j], phrase, npmi, min_count) > threshold:
                result += [*sentence[at:i], phrase]
                at = j + 1
        return result + sentence[at:]


@pytest.mark.parametrize("npmi, min_count, threshold", [(False, 5, 1), (False, 1, 0.2), (True, 5, 0.3), (True, 2, -1)])
@pytest.mark.parametrize("connectors", [frozenset(), CONNECTORS])
@pytest.mark.parametrize("delimiter", ["_", " ", "__"])
def test_phrases_are_those_of_the_definition(npmi, min_count, threshold, connectors, delimiter):
    sentences = text()
    expected = Expected(sentences, delimiter, connectors)
    phrases = Phrases(sentences, min_count=min_count, threshold=threshold, delimiter=delimiter,
                      scoring="npmi" if npmi else "default", connector_words=connectors)
    assert phrases.vocab == expected.vocab
    assert phrases.corpus_word_count == expected.words
    assert list(phrases[sentences]) == [expected.joined(sentence, npmi, min_count, threshold) for sentence in sentences]
    assert any(delimiter in word for sentence in phrases[sentences] for word in sentence)
    found = phrases.find_phrases(sentences)
    ends = {delimiter.join(sentence[i:j + 1]): (sentence[i], sentence[j])
            for sentence in sentences for i, j in expected.candidates(sentence)}
    assert found == {phrase: pytest.approx(expected.score(*ends[phrase], phrase, npmi, min_count), rel=1e-15)
                     for phrase in found}
    exported = phrases.export_phrases()
    for phrase, score in exported.items():
        first, *_, last = phrase.split(delimiter)
        assert score == pytest.approx(expected.score(first, last, phrase, npmi, min_count), rel=1e-15)
    if delimiter != "_":  # else the word new_york is one, too
        assert found.items() <= exported.items()


def test_a_second_pass_finds_longer_phrases():
    sentences = [["new", "york", "times", other] for other in "abcdefghij"] * 3 + [["times"]] * 30
    pairs = Phrases(sentences, min_count=1, threshold=0.3)
    joined = pairs[sentences]
    longer = Phrases(joined, min_count=1, threshold=0.3)
    assert "new_york_times" in next(iter(longer[joined]))
    assert list(joined) == list(joined)  # may be read again, as Word2Vec does
    assert len(joined) == len(sentences)
    assert "new_york" in Word2Vec(joined, vector_size=4, min_count=1, workers=1).wv


def test_forms_of_sentences():
    phrases = Phrases(text(), min_count=1, threshold=1)
    sentence = ["a", "new", "york", "b"]
    assert phrases[sentence] == phrases[tuple(sentence)] == phrases[iter(sentence)] == ["a", "new_york", "b"]
    assert list(phrases[iter([sentence, []])]) == [["a", "new_york", "b"], []]
    assert phrases[[]] == []
    assert list(phrases.analyze_sentence(sentence))[0] == ("a", None)
    assert list(phrases.analyze_sentence(sentence))[1][0] == "new_york"
    with pytest.raises(TypeError, match="one str"):
        phrases["new york"]
    with pytest.raises(TypeError, match="sentence 1, word 0.*expected str"):
        phrases.add_vocab([["a"], [1]])


def test_counts_of_more_sentences_are_added():
    sentences = text()
    at_once = Phrases(sentences)
    apart = Phrases(sentences[:100])
    apart.add_vocab(sentences[100:])
    assert apart.vocab == at_once.vocab
    assert apart.export_phrases() == at_once.export_phrases()


def test_rare_words_are_forgotten_when_there_are_too_many():
    sentences = text()
    vocab, min_reduce = Counter(), 1
    for number, sentence in enumerate(sentences, 1):
        vocab.update(sentence)
        vocab.update(map("_".join, zip(sentence, sentence[1:])))
        if len(vocab) > 50:
            vocab = Counter({word: count for word, count in vocab.items() if count >= min_reduce})
            min_reduce += 1
        if number % 10 == 0:
            assert Phrases(sentences[:number], max_vocab_size=50).vocab == vocab
    assert min_reduce > 3


def test_frozen_phrases_are_the_same():
    sentences = text()
    phrases = Phrases(sentences, min_count=1, threshold=1, connector_words=CONNECTORS)
    frozen = phrases.freeze()
    assert Phraser is FrozenPhrases
    assert frozen.phrasegrams == phrases.export_phrases()
    assert list(frozen[sentences]) == list(phrases[sentences])
    assert frozen.find_phrases(sentences) == phrases.find_phrases(sentences)
    del frozen.phrasegrams["new_york"]
    assert frozen[["new", "york"]] == ["new", "york"]


def most(worda_count, wordb_count, bigram_count, len_vocab, min_count, corpus_word_count):
    return bigram_count / max(worda_count, wordb_count)


def test_functions_may_score():
    sentences = [["a", "b"], ["a", "b"], ["a", "c"], ["c", "b"]]
    phrases = Phrases(sentences, min_count=1, threshold=0.6, scoring=most)
    assert phrases.export_phrases() == {"a_b": 2 / 3}
    assert phrases.freeze()[["a", "b", "c"]] == ["a_b", "c"]
    by_name, by_function = (Phrases(text(), threshold=0.1, scoring=scoring) for scoring in ("npmi", npmi_scorer))
    assert by_name.export_phrases() == by_function.export_phrases()
    assert original_scorer(2, 3, 4, 12, 1, 100) == 6
    with pytest.raises(ZeroDivisionError):
        Phrases(sentences, min_count=1, threshold=1, scoring=lambda worda_count, wordb_count, bigram_count, len_vocab,
                min_count, corpus_word_count: 1 / 0).export_phrases()


@pytest.mark.parametrize("settings, message", [
    (dict(min_count=0), "min_count=0"), (dict(threshold=0), "more than 0"), (dict(threshold=2, scoring="npmi"), "to 1"),
    (dict(scoring="best"), "expected 'default', 'npmi'"), (dict(scoring=lambda worda_count: 1), "wordb_count"),
    (dict(delimiter=""), "delimiter")])
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        Phrases([["a", "b"]], **settings)


@pytest.mark.parametrize("kind", ["file", "pickle", "copy"])
def test_phrases_are_kept(kind, tmp_path):
    def again(phrases):
        if kind == "file":
            phrases.save(tmp_path / "phrases")
            return type(phrases).load(tmp_path / "phrases")
        return pickle.loads(pickle.dumps(phrases)) if kind == "pickle" else copy.deepcopy(phrases)

    sentences = [[*sentence, "Zürich"] for sentence in text()]
    phrases = Phrases(sentences, min_count=2, threshold=1.5, connector_words=ENGLISH_CONNECTOR_WORDS)
    for original in (phrases, phrases.freeze()):
        other = again(original)
        assert list(other[sentences]) == list(original[sentences])
        assert (other.min_count, other.threshold, other.delimiter, other.scoring, other.connector_words) == (
            2, 1.5, "_", original_scorer, ENGLISH_CONNECTOR_WORDS)
    other = again(phrases)
    other.add_vocab(sentences)
    phrases.add_vocab(sentences)
    assert other.vocab == phrases.vocab and other.corpus_word_count == phrases.corpus_word_count


def test_files_have_no_functions_in_them(tmp_path):
    path = tmp_path / "phrases"
    Phrases([["a", "b"]], scoring=most).save(path)
    with pytest.raises(ValueError, match="most\\(\\) scores: expected that function"):
        Phrases.load(path)
    assert Phrases.load(path, scoring=most).scoring is most
    with pytest.raises(ValueError, match="expected FrozenPhrases, found Phrases"):
        FrozenPhrases.load(path)
    path.write_bytes(pickle.dumps({}))
    with pytest.raises(ValueError, match="not a file that Phrases.save"):
        Phrases.load(path)
    assert [file.name for file in tmp_path.iterdir()] == ["phrases"]
    phrases = Phrases([["a", "b"]])
    phrases.threshold = {1}  # which JSON has not
    with pytest.raises(TypeError):
        phrases.save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["phrases"]
