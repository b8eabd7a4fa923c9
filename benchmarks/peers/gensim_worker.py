"""Run by an interpreter that has gensim, or warp2vec's package: trains with it and prints the seconds of each phase as
JSON; with only the package's name, gensim's by default, it prints the versions of the package, NumPy and Python, and
the files of their BLAS library."""
import importlib
import json
import os
import platform
import re
import sys
import time


def versions(package):
    named = importlib.import_module(package)
    importlib.import_module("gensim.models.word2vec" if package == "gensim" else package)
    import numpy
    with open("/proc/self/maps") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps}
    return [f"{package} {named.__version__}", f"NumPy {numpy.__version__}", f"Python {platform.python_version()}",
            *sorted(name for name in files if re.match(r"lib.*(blas|blis|mkl)", name))]


def train(corpus, feeding, vectors, package="gensim", sg=1, **settings):
    """`feeding`: 'iterator' (over the file's lines), 'list' (of lists of str, made before) or 'corpus_file'."""
    module = importlib.import_module("gensim.models.word2vec" if package == "gensim" else package)
    model = module.Word2Vec(sg=sg, **settings)
    sentences = module.LineSentence(corpus)
    text = {"corpus_file": corpus} if feeding == "corpus_file" else {
        "corpus_iterable": list(sentences) if feeding == "list" else sentences}
    begin = time.monotonic()
    model.build_vocab(**text)
    counted = time.monotonic()
    model.train(**text, total_examples=model.corpus_count, total_words=model.corpus_total_words, epochs=model.epochs)
    trained = time.monotonic()
    model.wv.save_word2vec_format(vectors, binary=True)
    return {"vocabulary": counted - begin, "training": trained - counted, "save": time.monotonic() - trained}


if __name__ == "__main__":
    argument = sys.argv[1] if sys.argv[1:] else "gensim"
    print(json.dumps(train(**json.loads(argument)) if argument.startswith("{") else versions(argument)))
