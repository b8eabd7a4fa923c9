"""Trains with gensim and prints the seconds of each phase; run by an interpreter that has gensim.

Alone in its folder: Python looks for modules beside the program first."""
import json
import sys
import time

from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence


def main():
    wanted = json.loads(sys.argv[1])
    corpus, feeding, vectors = (wanted.pop(key) for key in ("corpus", "feeding", "vectors"))
    model = Word2Vec(sg=1, **wanted)
    text = {"corpus_file": corpus} if feeding == "corpus_file" else {"corpus_iterable": LineSentence(corpus)}
    begin = time.monotonic()
    model.build_vocab(**text)
    counted = time.monotonic()
    model.train(**text, total_examples=model.corpus_count, total_words=model.corpus_total_words, epochs=model.epochs)
    trained = time.monotonic()
    model.wv.save_word2vec_format(vectors, binary=True)
    saved = time.monotonic()
    print(json.dumps({"vocabulary": counted - begin, "training": trained - counted, "save": saved - trained}))


if __name__ == "__main__":
    main()
