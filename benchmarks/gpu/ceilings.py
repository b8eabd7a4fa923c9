"""How fast memory lets a rule be, at best.

Bytes that must be moved for each kept word: rows * padded dim * bytes of a value * 2, since each row is read and
written once. Rows for each kept word:

    pair     P * (2 + K)             each pair has one context, one centre and K negatives
    window   P + 1 + K               each window has P contexts, one centre and K negatives
    tile     ((N + 2W) + N + M) / N  N centres in a row have N + 2W contexts and share M negatives
    hs       (L + 2W) / L + T / N + B
                                     L centres in a row have L + 2W contexts, N share the first T inner nodes of the
                                     tree, and each has B further nodes
    ns+hs    tile + hs               each method moves its own contexts

P: contexts of a centre, counted (6 on average for window 5, somewhat less where sentences are short); K: --negative;
W: --window; N, M and L: the tiles' sizes; T = 64; B: nodes on a kept word's path without the first T, the mean over kept
words, as the program tells it (7.7 of 13.7 for the 69 thousand words of wiki8 at sample 1e-4). Rows that stay in
a cache need not come from memory, so that a training may well be above a ceiling.

The functions take a run as results.json has it, and return rows."""
ROW_MULTIPLE = 16  # values; rows are padded to it
TOP_NODES = 64  # T; one for which the program tells B


def pair_rows(run):
    return pairs_per_word(run) * (2 + run["settings"]["negative"])


def window_rows(run):
    return pairs_per_word(run) + 1 + run["settings"]["negative"]


def tile_rows(run):
    centres = run["settings"]["tile_centres"]
    return (contexts_of(run, centres) + centres + run["settings"]["tile_negatives"]) / centres


def tree_rows(run):
    centres = run["settings"]["path_tile_centres"]
    return (contexts_of(run, centres) / centres + TOP_NODES / run["settings"]["tile_centres"]
            + run["path_nodes_outside_top"][str(TOP_NODES)])


def tile_and_tree_rows(run):
    return tile_rows(run) + tree_rows(run)


def pairs_per_word(run):
    return run["counts"]["pairs"] / run["counts"]["kept_tokens"]


def contexts_of(run, centres):
    return centres + 2 * run["settings"]["window"]


def bytes_per_word(rows, dim, bytes_per_value):
    padded = -(-dim // ROW_MULTIPLE) * ROW_MULTIPLE
    return rows * padded * bytes_per_value * 2
