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


def commit():
    """That of these sources, with '+changes' if a tracked file differs from it."""
    here = os.path.dirname(os.path.abspath(__file__))
    describe = ["git", "-C", here, "describe", "--always", "--dirty=+changes", "--abbrev=9", "--exclude=*"]
    try:
        return subprocess.run(describe, capture_output=True, text=True).stdout.strip() or "unknown"
    except OSError:
        return "unknown"
