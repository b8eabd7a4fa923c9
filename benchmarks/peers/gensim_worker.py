"""Run by an interpreter that has gensim: trains with it and prints the seconds of each phase as JSON; without arguments
it prints the versions of gensim, NumPy and Python, and the files of their BLAS library."""
import json
import os
import platform
import re
import sys
import time

import gensim
import numpy
from gensim.models import Word2Vec
from gensim.models.word2vec import LineSentence


def versions():
    with open("/proc/self/maps") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps}
    return [f"gensim {gensim.__version__}", f"NumPy {numpy.__version__}", f"Python {platform.python_version()}",
            *sorted(name for name in files if re.match(r"lib.*(blas|blis|mkl)", name))]


def train(corpus, feeding, vectors, **settings):
    model = Word2Vec(sg=1, **settings)
    text = {"corpus_file": corpus} if feeding == "corpus_file" else {"corpus_iterable": LineSentence(corpus)}
    begin = time.monotonic()
    model.build_vocab(**text)
    counted = time.monotonic()
    model.train(**text, total_examples=model.corpus_count, total_words=model.corpus_total_words, epochs=model.epochs)
    trained = time.monotonic()
    model.wv.save_word2vec_format(vectors, binary=True)
    return {"vocabulary": counted - begin, "training": trained - counted, "save": time.monotonic() - trained}


if __name__ == "__main__":
    print(json.dumps(train(**json.loads(sys.argv[1])) if sys.argv[1:] else versions()))
