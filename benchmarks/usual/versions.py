"""What computes here."""
import os
import platform
import re

import numpy


def versions():
    return {"python": platform.python_version(), "numpy": numpy.__version__, "blas": blas()}


def blas():
    """The files of the library that numpy multiplies matrices with."""
    with open("/proc/self/maps") as maps:
        files = {os.path.basename(line.split()[-1]) for line in maps}
    return sorted(name for name in files if re.match(r"lib.*(blas|blis|mkl)", name))


def is_reference(files):
    return not any(re.search("openblas|blis|mkl|atlas", name) for name in files)
