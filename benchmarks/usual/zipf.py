"""Word counts as natural language has them."""


def zipf_counts(words):
    """Falling, inverse to the rank; the rarest word has the count 5."""
    return [5 * words // rank for rank in range(1, words + 1)]
