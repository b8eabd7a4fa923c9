# %% [markdown]
# A tour of the Python package, cell by cell, as editors and Jupyter (with jupytext) run it; or as a script. It trains on
# sentences that it makes: words of one topic, river or palace, occur together, and "new" stands before "york".

# %% Sentences
import random
import tempfile
from pathlib import Path

import numpy as np

from warp2vec import CallbackAny2Vec, KeyedVectors, Phrases, Word2Vec, train_ids

draw = random.Random(1)
topics = ["river lake water boat fish".split(), "king queen crown palace throne".split()]
sentences = [draw.choices(draw.choice(topics), k=10) + ["new", "york"] for _ in range(3000)]

# %% Phrases: "new york" becomes one word
phrases = Phrases(sentences, min_count=5, threshold=0.02)
print(phrases[["new", "york", "king"]])
joined = phrases.freeze()[sentences]


# %% Training, with a callback for each epoch
class Losses(CallbackAny2Vec):
    def __init__(self) -> None:
        self.losses: list[float] = []

    def on_epoch_end(self, model: Word2Vec) -> None:
        self.losses.append(model.get_latest_training_loss())


losses = Losses()
model = Word2Vec(joined, vector_size=20, sg=1, sample=0, epochs=10, alpha=0.05, seed=1, compute_loss=True,
                 callbacks=[losses])
print([round(loss, 2) for loss in losses.losses])
assert losses.losses[-1] < 6 * np.log(2)  # that of untrained vectors with 5 negatives

# %% Neighbours
print(model.wv.most_similar("river", topn=4))
assert {word for word, _ in model.wv.most_similar("river", topn=4)} == set(topics[0]) - {"river"}
assert model.wv.doesnt_match(["river", "lake", "crown"]) == "crown"

# %% Saving, and training on with new words
with tempfile.TemporaryDirectory() as folder:
    model.save(Path(folder) / "model.w2v")
    again = Word2Vec.load(Path(folder) / "model.w2v")
    model.wv.save(Path(folder) / "vectors.npy")
    mapped = KeyedVectors.load(Path(folder) / "vectors.npy", mmap="r")
    assert np.array_equal(mapped["king"], model.wv["king"])
    del mapped
more = [["river", "delta", "lake", "delta"]] * 50
again.build_vocab(more, update=True)
again.train(more, total_examples=len(more), epochs=5)
print(again.wv.most_similar("delta", topn=3))

# %% Sequences of integers: row i of the vectors is that of id i
walks = np.array([draw.choices(range(5) if draw.random() < 0.5 else range(5, 10), k=8) for _ in range(3000)])
trained = train_ids(walks, vector_size=8, sample=0, epochs=10, alpha=0.05, seed=1)
unit = trained.vectors / np.linalg.norm(trained.vectors, axis=1, keepdims=True)
similarities = unit @ unit.T
print(similarities.round(1))
assert similarities[0, 1:5].min() > similarities[0, 5:].max()
