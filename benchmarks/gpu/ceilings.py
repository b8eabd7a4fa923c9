"""How fast memory lets a rule be, at best.

Bytes that must be moved for each kept word: rows * padded dim * bytes of a value * 2, since each row is read and
written once. Rows for each kept word:

    pair     P * (2 + K)             each pair has one context, one centre and K negatives
    window   P + 1 + K               each window has P contexts, one centre and K negatives
    tile     ((N + 2W) + N + M) / N  N centres in a row have N + 2W contexts and share M negatives
    hs       ((N + 2W) + T) / N + B * (1 + C / G / 2)
                                     N centres in a row have N + 2W contexts and share the first T inner nodes of the
                                     tree; B further nodes of each centre are met one by one, and for G of these C
                                     contexts are written once more
    ns+hs    tile + hs               each method moves its own contexts

P: contexts of a centre, counted (6 on average for window 5, somewhat less where sentences are short); K: --negative;
W: --window; N and M: the tile's size; T = 64; B: nodes on a kept word's path without the first T, the mean over kept
words, as the program tells it (7.7 of 13.7 for the 69 thousand words of wiki8 at sample 1e-4); G = 32; C = 16. Rows
that stay in a cache need not come from memory, so that a training may well be above a ceiling.

The functions take a run as results.json has it, and return rows."""
ROW_MULTIPLE = 16  # values; rows are padded to it
TOP_NODES = 64  # T; one for which the program tells B
GROUP_NODES, GROUP_CONTEXTS = 32, 16  # G and C


def pair_rows(run):
    return pairs_per_word(run) * (2 + run["settings"]["negative"])


def window_rows(run):
    return pairs_per_word(run) + 1 + run["settings"]["negative"]


def tile_rows(run):
    centres = run["settings"]["tile_centres"]
    return (tile_contexts(run) + centres + run["settings"]["tile_negatives"]) / centres


def tree_rows(run):
    below = run["path_nodes_outside_top"][str(TOP_NODES)]
    return ((tile_contexts(run) + TOP_NODES) / run["settings"]["tile_centres"]
            + below * (1 + GROUP_CONTEXTS / GROUP_NODES / 2))


def tile_and_tree_rows(run):
    return tile_rows(run) + tree_rows(run)


def pairs_per_word(run):
    return run["counts"]["pairs"] / run["counts"]["kept_tokens"]


def tile_contexts(run):
    return run["settings"]["tile_centres"] + 2 * run["settings"]["window"]


def bytes_per_word(rows, dim, bytes_per_value):
    padded = -(-dim // ROW_MULTIPLE) * ROW_MULTIPLE
    return rows * padded * bytes_per_value * 2
