"""What gensim says about word vectors and evaluation files, as JSON on standard output.

Usage: gensim_oracle.py FOLDER, which holds vectors.txt (word2vec's text format), pairs.tsv, analogies.txt,
neighbors.txt (queries: words, a word that starts with '-' counts as negative), letters.txt (to be put in upper
case) and limits.txt (values of restrict_vocab). Exit status 77: gensim is not installed.
"""
import json
import pathlib
import sys

try:
    from gensim.models import KeyedVectors
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(77)


def analogies(vectors, path, limit, case_insensitive):
    _, sections = vectors.evaluate_word_analogies(
        path, restrict_vocab=limit, case_insensitive=case_insensitive)
    return [[s["section"], len(s["correct"]), len(s["incorrect"])] for s in sections]


def neighbors(vectors, query):
    return vectors.most_similar(
        positive=[w for w in query if not w.startswith("-")],
        negative=[w[1:] for w in query if w.startswith("-")],
        topn=20)


def main():
    folder = pathlib.Path(sys.argv[1])
    vectors = KeyedVectors.load_word2vec_format(str(folder / "vectors.txt"), binary=False)
    result = {"pairs": [], "analogies": [], "neighbors": []}
    for case_insensitive in (True, False):
        _, spearman, oov = vectors.evaluate_word_pairs(
            str(folder / "pairs.tsv"), restrict_vocab=len(vectors), case_insensitive=case_insensitive)
        result["pairs"].append([float(spearman[0]), float(oov)])
        for limit in (folder / "limits.txt").read_text().split():
            result["analogies"].append(
                analogies(vectors, str(folder / "analogies.txt"), int(limit), case_insensitive))
    for line in (folder / "neighbors.txt").read_text(encoding="utf8").splitlines():
        result["neighbors"].append(neighbors(vectors, line.split()))
    letters = (folder / "letters.txt").read_text(encoding="utf8").splitlines()
    result["letters"] = [letter.upper() for letter in letters]
    json.dump(result, sys.stdout)


main()
