"""What there is: programs, tools, libraries."""
import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def find_programs(folder):
    """The programs in a bundle or in a build folder."""
    programs = {}
    for name, places in {"warp2vec": ["warp2vec"], "gpu_tests": ["gpu_tests", "tests/gpu/gpu_tests"]}.items():
        paths = [os.path.abspath(os.path.join(folder, place)) for place in places]
        found = [path for path in paths if os.access(path, os.X_OK)]
        if not found:
            sys.exit(f"gpu-check: {folder} has no program {name}; see 'gpu-check.sh pack'")
        programs[name] = found[0]
    return programs


def default_folder():
    """Where this lies, if that is a bundle; else the checkout's build."""
    above = os.path.dirname(HERE)
    return above if os.path.exists(os.path.join(above, "warp2vec")) else os.path.join(above, "..", "build", "release")


def usable_gpu(listing):
    """The first line of `warp2vec info --devices` that names a usable GPU, or None."""
    return next((line for line in listing.splitlines() if re.match(r"cuda:\d+ ", line)), None)


def driver():
    """Name, driver and memory of the GPUs as nvidia-smi tells them, or None."""
    query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total,power.limit,clocks.max.sm", "--format=csv"]
    try:
        return subprocess.run(query, capture_output=True, text=True, timeout=30, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return None


def find_sanitizer():
    name = "compute-sanitizer"
    return shutil.which(name) or shutil.which(name, path="/usr/local/cuda/bin")


def environment():
    """With the usual folders of cuBLAS, which only the full softmax needs."""
    folders = ["/usr/local/cuda/lib64"]
    for place in sys.path:
        folders += glob.glob(os.path.join(place, "nvidia", "*", "lib"))
    here = [folder for folder in folders if glob.glob(os.path.join(folder, "libcublas.so*"))]
    given = os.environ.get("LD_LIBRARY_PATH")
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(([given] if given else []) + here)}
