"""How many words all programs train in a pass, so that one number is behind every speed."""
import os
import subprocess


def count_words(program, corpus, min_count, folder):
    """The tokens of the corpus that are in the vocabulary, by `warp2vec vocab`."""
    vocabulary = os.path.join(folder, "vocabulary.txt")
    subprocess.run([program, "vocab", "--input", corpus, "--output", vocabulary, "--min-count", str(min_count),
                    "--quiet"], check=True)
    with open(vocabulary, encoding="utf-8", errors="replace") as lines:
        return sum(int(line.rpartition(" ")[2]) for line in lines)
