"""Rounds in which every cell of a group runs once."""
from measure.watched_process import OutOfTime, ProgramFailed

LEAST = 1.0  # seconds; with less no run is begun


def run_rounds(groups, rounds, budget, results, measure):
    """All cells of a group once, then all again, so that a busy time of the machine meets them all; then the next
    group.

    `measure`: a function from a cell, a round's number and the budget to a run. `results`: gets them, and has those of
    an earlier start. A cell that cannot end in time, as far as its earlier runs tell, is not begun. Returns why cells
    failed; these have no further rounds."""
    failures = {}
    number, all_runs = 0, rounds * sum(len(group) for group in groups)
    for cells in groups:
        for turn in range(1, rounds + 1):
            for cell in cells:
                number += 1
                if results.has(cell, turn) or cell in failures:
                    continue
                if budget.left() < max(LEAST, results.longest(cell)):
                    continue
                head = f"{number} of {all_runs}, round {turn}: {cell}: "
                try:
                    run = measure(cell, turn, budget)
                except OutOfTime as reason:
                    print(f"{head}out of time: {reason}", flush=True)
                except ProgramFailed as reason:
                    failures[cell] = str(reason).strip()
                    print(f"{head}FAILED: {failures[cell]}", flush=True)
                else:
                    results.add(run)
                    print(head + results.describe(run), flush=True)
    return failures
