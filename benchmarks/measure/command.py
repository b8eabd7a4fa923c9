"""How the commands start and end."""
import signal
import subprocess
import sys


def run_command(name, main, expected, after_interrupt=""):
    """Runs main(). What stops it ends the program with one line that begins with `name`, and status 1: an exception of
    the class `expected`, a program that failed, SIGINT, or SIGTERM, which also ends the programs that it has started.
    `after_interrupt`: more for the line of SIGINT."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"{name}: terminated"))
    try:
        main()
    except expected as reason:
        sys.exit(f"{name}: {reason}")
    except subprocess.CalledProcessError as failure:  # it has said why
        sys.exit(f"{name}: this failed: {' '.join(failure.cmd)}")
    except KeyboardInterrupt:
        sys.exit(f"{name}: interrupted{after_interrupt}")
