"""A made text of as many distinct words as one likes."""
import os
import random

TOKENS_PER_WORD = 6  # of the text, for each distinct word
LINE = 24  # words
WORDS_AT_A_TIME = 40 * LINE * 256  # distinct ones


def write_zipf_text(path, words, out_of_time):
    """Each of `words` words once, in any order, and after each of them others drawn from Zipf's distribution, so that
    all parts of the text are alike. False if there was no time for it; the file is there whole or not at all."""
    draws = random.Random(1)
    once = list(range(words))
    draws.shuffle(once)
    uniform = draws.random
    with open(path + ".new", "w") as out:
        for begin in range(0, words, WORDS_AT_A_TIME):
            if out_of_time():
                return False
            some = once[begin:begin + WORDS_AT_A_TIME]
            names = [""] * (TOKENS_PER_WORD * len(some))
            names[::TOKENS_PER_WORD] = ["w%d" % rank for rank in some]
            for place in range(1, TOKENS_PER_WORD):
                # words ** uniform has a density ~ 1 / rank.
                names[place::TOKENS_PER_WORD] = ["w%d" % int(words ** uniform()) for _ in some]
            for line in range(0, len(names), LINE):
                out.write(" ".join(names[line:line + LINE]) + "\n")
    os.replace(path + ".new", path)
    return True


def most_bytes(words):
    """Of the text at most: each token is a 'w', a number and what parts it from the next."""
    return TOKENS_PER_WORD * words * (len(str(words)) + 2)
