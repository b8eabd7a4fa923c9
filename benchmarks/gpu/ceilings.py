"""How fast memory lets a rule be, at best.

Bytes that must be moved for each kept word: rows * padded dim * bytes of a value * 2, since each row is read and
written once. Rows for each kept word:

    pair     P * (2 + K)             each pair has one context, one centre and K negatives
    window   P + 1 + K               each window has P contexts, one centre and K negatives
    tile     ((N + 2W) + N + M) / N  N centres in a row have N + 2W contexts and share M negatives

P: contexts of a centre, counted (6 on average for window 5, somewhat less where sentences are short); K: --negative;
W: --window; N and M: the tile's size. Rows that stay in a cache need not come from memory, so that a training may well
be above a ceiling."""
ROW_MULTIPLE = 16  # values; rows are padded to it


def pair_rows(pairs_per_word, settings):
    return pairs_per_word * (2 + settings["negative"])


def window_rows(pairs_per_word, settings):
    return pairs_per_word + 1 + settings["negative"]


def tile_rows(pairs_per_word, settings):
    centres = settings["tile_centres"]
    return (centres + 2 * settings["window"] + centres + settings["tile_negatives"]) / centres


def bytes_per_word(rows, dim, bytes_per_value):
    padded = -(-dim // ROW_MULTIPLE) * ROW_MULTIPLE
    return rows * padded * bytes_per_value * 2
