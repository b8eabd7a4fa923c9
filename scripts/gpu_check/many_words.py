"""A text of many distinct words."""
import random


def write_many_words(path, words, tokens, out_of_time):
    """Each of `words` words once, in any order, then words of Zipf's distribution up to `tokens` in all, 25 to a
    line. False if there was no time for it."""
    draws = random.Random(1)
    once = list(range(words))
    draws.shuffle(once)
    uniform = draws.random
    with open(path, "w") as out:
        for begin in range(0, tokens, 1000000):
            if out_of_time():
                return False
            end = min(tokens, begin + 1000000)
            # words ** uniform has a density ~ 1 / rank.
            ranks = once[begin:end] + [int(words ** uniform()) for _ in range(max(begin, min(end, words)), end)]
            names = ["w%d" % rank for rank in ranks]
            for line in range(0, len(names), 25):
                out.write(" ".join(names[line:line + 25]) + "\n")
    return True
