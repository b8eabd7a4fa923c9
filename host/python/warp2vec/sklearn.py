"""A transformer for scikit-learn's pipelines, which must be installed."""
from __future__ import annotations

from typing import Any, Callable, Iterable, List, Optional

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, check_random_state

from .word2vec import Word2Vec


class Word2VecTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Documents to the means of their words' vectors, which fit() trains on them.

    X: an iterable of documents, each a str, which `tokenizer` makes words of (None: split at white space), or a list of
    str. transform(): (documents, vector_size) float32; a document without known words is all zeros.

    The other parameters are those of Word2Vec, under scikit-learn's names where it has any: n_jobs is workers, and
    random_state the seed; the results for one seed are the same with n_jobs=1 or deterministic=True.

    model_: the Word2Vec.
    """

    def __init__(self, vector_size: int = 100, *, window: int = 5, min_count: int = 5, sg: int = 0, hs: int = 0,
                 negative: int = 5, sample: float = 1e-3, alpha: float = 0.025, min_alpha: float = 0.0001,
                 epochs: int = 5, tokenizer: Optional[Callable[[str], Iterable[str]]] = None, device: str = "auto",
                 deterministic: bool = False, n_jobs: Optional[int] = None, random_state: Any = None) -> None:
        self.vector_size = vector_size
        self.window = window
        self.min_count = min_count
        self.sg = sg
        self.hs = hs
        self.negative = negative
        self.sample = sample
        self.alpha = alpha
        self.min_alpha = min_alpha
        self.epochs = epochs
        self.tokenizer = tokenizer
        self.device = device
        self.deterministic = deterministic
        self.n_jobs = n_jobs
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.transformer_tags.preserves_dtype = []  # always float32
        tags.non_deterministic = not self.deterministic and self.n_jobs != 1
        return tags

    def _words(self, documents: Any) -> List[Iterable[str]]:
        if isinstance(documents, (str, bytes)):
            raise ValueError("X is one str: expected an iterable of documents")
        split = self.tokenizer or str.split
        return [split(document) if isinstance(document, str) else document for document in documents]

    def fit(self, X: Any, y: Any = None) -> "Word2VecTransformer":
        """Trains the vectors."""
        del y
        self._fitted_on(X)
        return self

    def _fitted_on(self, X: Any) -> List[Iterable[str]]:
        words = self._words(X)
        jobs = None if self.n_jobs is None or self.n_jobs < 0 else self.n_jobs
        seed = check_random_state(self.random_state).randint(1, np.iinfo(np.int32).max)
        self.model_ = Word2Vec(words, vector_size=self.vector_size, window=self.window, min_count=self.min_count,
                               sg=self.sg, hs=self.hs, negative=self.negative, sample=self.sample, alpha=self.alpha,
                               min_alpha=self.min_alpha, epochs=self.epochs, device=self.device,
                               deterministic=self.deterministic, workers=jobs, seed=int(seed))
        return words

    def fit_transform(self, X: Any, y: Any = None) -> Any:
        """fit() and transform(), which splits the documents once."""
        del y
        return self._means(self._fitted_on(X))

    def transform(self, X: Any) -> Any:
        check_is_fitted(self)
        return self._means(self._words(X))

    def _means(self, documents: List[Iterable[str]]) -> Any:
        rows_of = self.model_.wv.key_to_index
        rows = [[rows_of[word] for word in document if word in rows_of] for document in documents]
        means = np.zeros((len(rows), self.model_.vector_size), np.float32)
        for mean, known in zip(means, rows):
            if known:
                self.model_.wv.vectors[known].mean(axis=0, out=mean)
        return means

    @property
    def _n_features_out(self) -> int:
        return self.model_.vector_size
