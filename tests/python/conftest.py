import random

import pytest

TOPICS = [["river", "lake", "water", "boat", "fish"], ["king", "queen", "crown", "palace", "throne"]]


def two_topics(sentences=2000, seed=1):
    """Sentences of ten words, each of one topic: words of a topic become neighbours."""
    draw = random.Random(seed)
    return [[draw.choice(topic) for _ in range(10)] for topic in draw.choices(TOPICS, k=sentences)]


@pytest.fixture(scope="session")
def sentences():
    return two_topics()


@pytest.fixture()
def settings():
    """That learn two_topics() in a moment."""
    return dict(vector_size=20, min_count=1, sample=0, epochs=5, alpha=0.05, workers=1, seed=3)
