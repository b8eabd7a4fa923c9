"""What the project's own scripts do."""
import os
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))


def script(name, *arguments):
    """Runs one of them; an error ends it all."""
    done = subprocess.run([os.path.join(ROOT, "scripts", name), *arguments])
    if done.returncode:
        sys.exit(f"scripts/{name} failed")


def built_program():
    script("build-program.sh")
    return os.path.join(ROOT, "build", "release", "warp2vec")


def dictionary():
    """A text for those who give none; it is fetched unless it is there."""
    path = os.path.join(ROOT, "build", "demo", "gcide.txt")
    script("fetch-dictionary.sh", path)
    return path
