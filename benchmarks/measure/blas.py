"""The library that multiplies matrices for numpy and gensim."""
import os
import re


def blas():
    """The files of those that this process has loaded."""
    with open("/proc/self/maps") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps}
    return sorted(name for name in files if re.match(r"lib.*(blas|blis|mkl)", name))


def is_reference(files):
    return not any(re.search("openblas|blis|mkl|atlas", name) for name in files)
