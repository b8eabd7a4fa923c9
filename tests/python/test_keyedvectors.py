import numpy as np
import pytest

from warp2vec import Error, KeyedVectors

KEYS = ["north", "east", "south", "northeast", "nowhere"]
VECTORS = np.array([[0, 2], [1, 0], [0, -3], [1, 1], [0, 0]], np.float32)


@pytest.fixture()
def vectors():
    result = KeyedVectors(2)
    result.add_vectors(KEYS, VECTORS)
    return result


def test_keys_and_vectors(vectors):
    assert len(vectors) == 5
    assert vectors.index_to_key == KEYS
    assert vectors.key_to_index["south"] == 2
    assert "east" in vectors and "west" not in vectors
    assert np.array_equal(vectors["north"], [0, 2])
    assert np.array_equal(vectors[["east", "south"]], [[1, 0], [0, -3]])
    assert np.array_equal(vectors.get_vector("north", norm=True), [0, 1])
    assert np.array_equal(vectors.get_vector("nowhere", norm=True), [0, 0])
    with pytest.raises(KeyError, match="'west' not present"):
        vectors["west"]


def test_similarities(vectors):
    assert vectors.similarity("north", "south") == -1
    assert vectors.similarity("north", "east") == 0
    assert vectors.distance("north", "northeast") == pytest.approx(1 - 0.5**0.5)
    assert vectors.distances("north", ["south", "east"]) == pytest.approx([2, 1])
    assert vectors.n_similarity(["north", "east"], ["northeast"]) == pytest.approx(3 / 10**0.5)
    assert vectors.doesnt_match(["north", "northeast", "south", "west"]) == "south"
    assert vectors.rank("north", "east") == 2
    assert vectors.closer_than("north", "south") == ["east", "northeast", "nowhere"]


def test_neighbours(vectors):
    assert vectors.most_similar("north", topn=2) == [("northeast", pytest.approx(0.5**0.5)), ("east", 0)]
    assert [key for key, _ in vectors.most_similar(["north", "east"], ["south"], topn=1)] == ["northeast"]
    assert [key for key, _ in vectors.similar_by_vector(np.array([0, -1], np.float32), topn=1)] == ["south"]
    assert [key for key, _ in vectors.most_similar("north", restrict_vocab=3, topn=5)] == ["east", "south"]
    assert [key for key, _ in vectors.most_similar("north", clip_start=2, topn=1)] == ["northeast"]
    assert vectors.most_similar("north", topn=0) == []
    assert vectors.most_similar("north", topn=None).shape == (5,)
    assert [key for key, _ in vectors.most_similar([("north", 1.0), ("east", 3.0)], topn=1)] == ["northeast"]
    assert [key for key, _ in vectors.most_similar_cosmul(["north"], ["south"], topn=1)] == ["northeast"]
    with pytest.raises(KeyError):
        vectors.most_similar("west")
    with pytest.raises(ValueError, match="no direction"):
        vectors.most_similar("nowhere")
    with pytest.raises(ValueError):
        vectors.most_similar([])


def test_neighbours_of_many(vectors):
    keys = KEYS[:4]
    for restrict in None, 3:
        found = vectors.most_similar_batch(keys, topn=3, restrict_vocab=restrict)
        for key, near in zip(keys, found):
            expected = vectors.most_similar(key, topn=3, restrict_vocab=restrict)
            assert [name for name, _ in near] == [name for name, _ in expected]
            assert np.allclose([score for _, score in near], [score for _, score in expected], atol=1e-6)
    near, = vectors.most_similar_batch(np.array([[3, 0]], np.float64), topn=2, threads=2)
    assert near[0] == ("east", 1)
    assert near[1][0] == "northeast"
    assert vectors.most_similar_batch([]) == []
    assert vectors.most_similar_batch(["east"], topn=0) == [[]]
    with pytest.raises(KeyError, match="west"):
        vectors.most_similar_batch(["east", "west"])
    with pytest.raises(Error, match="3"):
        vectors.most_similar_batch(np.ones((1, 3), np.float32))
    with pytest.raises(Error, match="direction"):
        vectors.most_similar_batch(["nowhere"])
    with pytest.raises(Error, match="threads"):
        vectors.most_similar_batch(["east"], threads=-1)


def test_neighbours_follow_changed_vectors(vectors):
    vectors.most_similar("north")
    vectors.add_vector("south", np.array([0, 9], np.float32))
    assert vectors.most_similar("north", topn=1) == [("south", 1)]
    assert vectors.add_vector("west", [-1, 0]) == 5
    assert vectors.similarity("west", "east") == -1
    vectors["west"] = np.array([1, 0], np.float32)
    assert vectors.similarity("west", "east") == 1


def test_attributes(vectors):
    vectors.set_vecattr("east", "count", 7)
    assert [vectors.get_vecattr(key, "count") for key in KEYS] == [0, 7, 0, 0, 0]
    vectors.add_vectors(["west"], [[-1, 0]], extras={"count": [3]})
    assert vectors.get_vecattr("west", "count") == 3


@pytest.mark.parametrize("binary, write_header", [(True, True), (False, True), (False, False)])
def test_files(vectors, binary, write_header, tmp_path):
    vectors.set_vecattr("south", "count", 9)
    path, words = tmp_path / "vectors", tmp_path / "words"
    vectors.save_word2vec_format(path, fvocab=words, binary=binary, write_header=write_header)
    read = KeyedVectors.load_word2vec_format(path, fvocab=words, binary=binary, no_header=not write_header)
    assert read.index_to_key == ["south", "north", "east", "northeast", "nowhere"]
    assert np.array_equal(read["northeast"], [1, 1])
    assert read.get_vecattr("south", "count") == 9
    assert len(KeyedVectors.load_word2vec_format(path, limit=2)) == 2


def test_mapped_files(vectors, tmp_path):
    vectors.save(tmp_path / "vectors.npy")
    read = KeyedVectors.load(tmp_path / "vectors.npy", mmap="r")
    assert isinstance(read.vectors, np.memmap)
    assert read.most_similar("north", topn=1)[0][0] == "northeast"


def test_saved_vectors_have_their_attributes(vectors, tmp_path):
    path = tmp_path / "vectors.npy"
    vectors.save(path)
    assert KeyedVectors.load(path).expandos == {}
    vectors.set_vecattr("south", "count", 9)
    vectors.set_vecattr("east", "angle", 90.5)
    vectors.save(path)
    for mmap in (None, "r"):
        read = KeyedVectors.load(path, mmap=mmap)
        assert read.get_vecattr("south", "count") == 9
        assert read.get_vecattr("east", "angle") == 90.5
    del vectors.expandos["angle"]
    vectors.save(path)
    assert list(KeyedVectors.load(path).expandos) == ["count"]
    vectors.set_vecattr("east", "name", {})
    with pytest.raises(TypeError, match="'name' is an array of objects"):
        vectors.save(path)


def test_what_is_no_file_of_vectors_is_refused(tmp_path):
    path = tmp_path / "vectors"
    path.write_text("2 2\na 1 2\n")
    with pytest.raises(Error, match="line 1"):
        KeyedVectors.load_word2vec_format(path)
    with pytest.raises(FileNotFoundError):
        KeyedVectors.load_word2vec_format(tmp_path / "none")


def test_evaluation(vectors, tmp_path):
    path = tmp_path / "pairs"
    path.write_text("# a comment\nnorth\tsouth\t1\nnorth\teast\t2\nNORTH\tnortheast\t9\nnorth\twest\t5\n")
    pearson, spearman, missing = vectors.evaluate_word_pairs(path)
    assert spearman[0] == pytest.approx(1)
    assert 0 < pearson[0] < 1
    assert missing == 25
    path.write_text(": opposites\nsouth northeast north northeast\nNorth south East nowhere\neast north west south\n")
    score, sections = vectors.evaluate_word_analogies(path, dummy4unknown=True)
    assert [section["section"] for section in sections] == ["opposites", "Total accuracy"]
    assert len(sections[-1]["correct"]) + len(sections[-1]["incorrect"]) == 3
    assert score == len(sections[-1]["correct"]) / 3
    path.write_text("a b c\n")
    with pytest.raises(ValueError, match="line 1"):
        vectors.evaluate_word_analogies(path)
