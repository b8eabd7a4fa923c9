"""Rounds in which everything is measured once."""
import time

from usual.table import duration

LEAST = 0.2  # seconds that a measurement takes; a short call is repeated so long


def measure(call):
    """The means of the calls."""
    calls, seconds = 0, 0.0
    begin, cpu_begin = time.perf_counter(), time.process_time()
    while seconds < LEAST:
        call()
        calls += 1
        seconds = time.perf_counter() - begin
    return {"seconds": seconds / calls, "cpu_seconds": (time.process_time() - cpu_begin) / calls, "calls": calls}


def run_rounds(tasks, rounds):
    """All tasks, then all again, so that a busy time of the machine meets them all; those to be done once last."""
    plan = [(turn, task) for turn in range(1, rounds + 1) for task in tasks if not task.once]
    plan += [(1, task) for task in tasks if task.once]
    runs = []
    for number, (turn, task) in enumerate(plan, 1):
        patience = " (takes minutes)" if task.once else ""
        print(f"{number} of {len(plan)}, round {turn}: {task}{patience}: ", end="", flush=True)
        run = {"what": task.what, "words": task.words, "round": turn, **measure(task.call)}
        print(duration(run["seconds"]), flush=True)
        runs.append(run)
    return runs
