import subprocess
import sys

import numpy as np
import pytest
from conftest import TOPICS, two_topics

sklearn = pytest.importorskip("sklearn")
from sklearn.base import clone  # noqa: E402
from sklearn.exceptions import NotFittedError  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.utils.estimator_checks import check_estimator  # noqa: E402
from sklearn.utils.validation import validate_data  # noqa: E402

from warp2vec.sklearn import Word2VecTransformer  # noqa: E402

SETTINGS = dict(vector_size=8, min_count=1, sample=0, n_jobs=1, random_state=1)


def documents(count=400):
    sentences = two_topics(count)
    return [" ".join(sentence) for sentence in sentences], [sentence[0] in TOPICS[1] for sentence in sentences]


class OfNumbers(Word2VecTransformer):
    """scikit-learn's checks give numbers: here a row of them is a document, whose words are column and value."""

    _fits = False

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = False
        tags.input_tags.two_d_array = True
        return tags

    def _words(self, documents):
        return [[f"{column}:{value:.0f}" for column, value in enumerate(row)]
                for row in validate_data(self, documents, reset=self._fits)]

    def _fitted_on(self, X):
        self._fits = True
        try:
            return super()._fitted_on(X)
        finally:
            del self._fits


@pytest.mark.filterwarnings("ignore:Can.t test estimator")
@pytest.mark.parametrize("estimator, least, failing", [
    (Word2VecTransformer(**SETTINGS), 1, {}),
    (OfNumbers(vector_size=4, min_count=1, deterministic=True, random_state=1), 40,
     {"check_fit2d_1feature": "documents of one word teach nothing, and that is an error"})])
def test_checks_of_scikit_learn(estimator, least, failing):
    results = check_estimator(estimator, on_fail=None, on_skip=None, expected_failed_checks=failing)
    assert not [(result["check_name"], result["exception"]) for result in results if result["status"] == "failed"]
    assert {result["check_name"] for result in results if result["status"] == "xfail"} == set(failing)
    assert sum(result["status"] == "passed" for result in results) >= least


def test_documents_become_means_of_vectors():
    texts, _ = documents()
    transformer = Word2VecTransformer(**SETTINGS)
    fitted = transformer.fit_transform(texts)
    vectors = transformer.model_.wv
    assert fitted.shape == (400, 8) and fitted.dtype == np.float32
    assert np.allclose(fitted[3], vectors[texts[3].split()].mean(axis=0), atol=1e-6)
    assert np.array_equal(transformer.transform(text.split() for text in texts), fitted)
    assert np.array_equal(transformer.transform(["river unknown", "", "unknown"]), [vectors["river"], [0] * 8, [0] * 8])
    assert list(transformer.get_feature_names_out()) == [f"word2vectransformer{i}" for i in range(8)]
    assert np.array_equal(clone(transformer).fit(texts).transform(texts), fitted)
    letters = Word2VecTransformer(tokenizer=list, **SETTINGS).fit(texts)
    assert "q" in letters.model_.wv
    with pytest.raises(NotFittedError):
        clone(transformer).transform(texts)
    with pytest.raises(ValueError, match="one str"):
        transformer.transform("river lake")


def test_pipelines():
    texts, kings = documents()
    pipeline = make_pipeline(Word2VecTransformer(**SETTINGS), LogisticRegression())
    pipeline.set_params(word2vectransformer__epochs=10).fit(texts[:200], kings[:200])
    assert pipeline.score(texts[200:], kings[200:]) > 0.95


def test_the_package_needs_no_scikit_learn():
    code = "import sys; sys.modules['sklearn'] = None; import warp2vec; assert 'sklearn.base' not in sys.modules"
    subprocess.run([sys.executable, "-B", "-c", code], check=True)
