"""Where something was measured, and which state of the sources."""
import os
import platform
import subprocess


def machine():
    model = platform.processor()
    with open("/proc/cpuinfo") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return {"cpu": model, "cores": os.cpu_count(), "system": platform.platform()}


def commit(program_folder=None):
    """The commit that a folder made by 'gpu-check.sh pack' is of, else these sources, with '+changes' if a tracked file
    differs from it."""
    packed = program_folder and os.path.join(program_folder, "commit")
    if packed and os.path.isfile(packed):
        with open(packed) as lines:
            return lines.read().strip()
    here = os.path.dirname(os.path.abspath(__file__))
    describe = ["git", "-C", here, "describe", "--always", "--dirty=+changes", "--abbrev=9", "--exclude=*"]
    try:
        return subprocess.run(describe, capture_output=True, text=True).stdout.strip() or "unknown"
    except OSError:
        return "unknown"
