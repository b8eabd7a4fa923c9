import bz2
import gzip

import pytest

from warp2vec import LineSentence, PathLineSentences, Text8Corpus

TEXT = "a b c\n\nd é\n"
WORDS = [["a", "b", "c"], [], ["d", "é"]]


def listed(sentences):
    return [sentence for sentence in sentences if sentence]


@pytest.mark.parametrize("suffix, opener", [("", open), (".gz", gzip.open), (".bz2", bz2.open)])
def test_lines(tmp_path, suffix, opener):
    path = tmp_path / ("text" + suffix)
    with opener(path, "wt", encoding="utf-8") as file:
        file.write(TEXT)
    sentences = LineSentence(path)
    for _ in range(2):
        assert listed(sentences) == listed(WORDS)
    assert listed(LineSentence(str(path), max_sentence_length=2)) == [["a", "b"], ["c"], ["d", "é"]]
    assert listed(LineSentence(path, limit=1)) == [["a", "b", "c"]]


def test_folders(tmp_path):
    for name, text in [("2", "c d"), ("1", "a b\n")]:
        (tmp_path / name).write_text(text)
    assert list(PathLineSentences(tmp_path)) == [["a", "b"], ["c", "d"]]
    assert list(PathLineSentences(tmp_path / "1")) == [["a", "b"]]
    with pytest.raises(ValueError, match="file or a folder"):
        PathLineSentences(tmp_path / "none")


@pytest.mark.parametrize("end", ["", " ", "\n"])
def test_text_without_lines(tmp_path, end):
    words = [f"word{i}" for i in range(30000)]
    path = tmp_path / "text8"
    path.write_text(" ".join(words) + end)
    read = list(Text8Corpus(path, max_sentence_length=7000))
    assert [len(sentence) for sentence in read] == [7000, 7000, 7000, 7000, 2000]
    assert [word for sentence in read for word in sentence] == words
