"""Files that are there whole or not at all, and what tells one from another."""
import hashlib
import os


def write_whole(path, text):
    with open(path + ".new", "w", encoding="utf-8") as out:
        out.write(text)
    os.replace(path + ".new", path)


def sha256(path):
    with open(path, "rb") as binary:
        return hashlib.sha256(binary.read()).hexdigest()
