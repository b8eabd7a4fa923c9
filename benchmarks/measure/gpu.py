"""GPUs, as `warp2vec info --devices` and nvidia-smi tell them."""
import re
import subprocess


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
