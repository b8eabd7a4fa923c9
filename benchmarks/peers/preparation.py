"""What must be there before anything is compared: programs and a text."""
import shutil
import sys

from measure.checkout import script
from peers.fasttext_peer import Fasttext
from peers.gensim_peer import Gensim, find_python, multiplies_slowly, versions
from peers.warp2vec_peer import Warp2vec
from peers.word2vec_c_peer import Word2vecC, why_no_huge_pages


def find_peers(warp2vec, word2vec_c, loss):
    """All programs in the order of a round, and what must be said of how they are compared. `loss`: 'ns' or 'hs'."""
    if not (find_python() and Fasttext.find()) or (multiplies_slowly(find_python()) and shutil.which("apt-get")):
        script("install-dependencies.sh", "peers")
        versions.cache_clear()
    python, fasttext = find_python(), Fasttext.find()
    if not python or not fasttext:
        sys.exit("compare_peers: " + ("no Python has gensim" if not python else "there is no fasttext on PATH"))
    peers = [Warp2vec(warp2vec), Gensim(python, "iterator"), Gensim(python, "corpus_file"), Fasttext(fasttext)]
    notes = [note for kind in (Warp2vec, Gensim, Fasttext) for note in kind.notes]
    if multiplies_slowly(python):
        notes.append("gensim: it multiplies without OpenBLAS, and trains up to 1.5 times as fast with it.")
    if loss == "ns":
        notes += Warp2vec.notes_on_negatives
    if word2vec_c:
        peers.append(Word2vecC(word2vec_c, huge_pages=False))
        notes += Word2vecC.notes
        refused = why_no_huge_pages()
        if refused:
            notes.append(f"word2vec.c was not run with huge pages: {refused}.")
        else:
            peers.append(Word2vecC(word2vec_c, huge_pages=True))
    return peers, notes
