"""Files that are there whole or not at all."""
import os


def write_whole(path, text):
    with open(path + ".new", "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(path + ".new", path)
