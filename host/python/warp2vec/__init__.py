"""word2vec training on CPUs and NVIDIA GPUs, with gensim's interface.

>>> import warp2vec
>>> model = warp2vec.Word2Vec(sentences, vector_size=100, min_count=1)  # lists of str
>>> model.wv.most_similar("river", topn=3)

train_ids() trains the vectors of items that are integers, and Node2Vec those of the nodes of graphs.
"""
from ._core import Error
from .ids import TrainedIds, train_ids
from .keyedvectors import KeyedVectors
from .node2vec import Node2Vec, TrainedNodes
from .phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phraser, Phrases
from .sentences import LineSentence, PathLineSentences, Text8Corpus
from .word2vec import CallbackAny2Vec, Word2Vec

__version__ = "0.1.0"
__all__ = ["CallbackAny2Vec", "ENGLISH_CONNECTOR_WORDS", "Error", "FrozenPhrases", "KeyedVectors", "LineSentence",
           "Node2Vec", "PathLineSentences", "Phraser", "Phrases", "Text8Corpus", "TrainedIds", "TrainedNodes", "Word2Vec",
           "train_ids"]
