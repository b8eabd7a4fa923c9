"""Training steps with numpy for a batch of pairs of words.

`inputs` and `outputs`: the matrices, with a row for each word. `words`: the first word of each pair. The loss, of which
the gradients are, is the sum over the pairs."""
import numpy as np


def softmax_gradients(inputs, outputs, words, targets):
    """Of the first words' rows, a row for each pair, and of all outputs; written down as the formulas are.

    `targets`: the second word of each pair."""
    rows = inputs[words]
    scores = rows @ outputs.T
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    errors = powers / powers.sum(axis=1, keepdims=True)
    errors[np.arange(len(targets)), targets] -= 1
    return errors @ outputs, errors.T @ rows


def softmax_step(inputs, outputs, words, targets, rate):
    of_rows, of_outputs = softmax_gradients(inputs, outputs, words, targets)
    outputs -= rate * of_outputs
    np.subtract.at(inputs, words, rate * of_rows)  # a word may occur several times


def sampling_gradients(inputs, outputs, words, candidates):
    """Of the first words' rows, a row for each pair, and of the candidates' rows.

    `candidates`: for each pair its second word, then the negatives."""
    rows, others = inputs[words], outputs[candidates]
    scores = np.einsum("pd,pcd->pc", rows, others)
    errors = 1 / (1 + np.exp(-scores))
    errors[:, 0] -= 1
    return np.einsum("pc,pcd->pd", errors, others), errors[:, :, None] * rows[:, None, :]


def sampling_step(inputs, outputs, words, candidates, rate):
    of_rows, of_candidates = sampling_gradients(inputs, outputs, words, candidates)
    np.subtract.at(outputs, candidates, rate * of_candidates)
    np.subtract.at(inputs, words, rate * of_rows)
