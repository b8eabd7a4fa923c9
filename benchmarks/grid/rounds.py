"""Rounds, each with a seed, in which every cell is trained by every rule."""
from grid import table
from grid.summary import DEFAULT


def run_rounds(cells, rules, seeds, results, measure):
    """Seed by seed. The rules of a cell run one after the other, so that their speeds can be compared. What the program
    chose by itself is not trained again under its own name.

    `measure`: a function from a cell, a rule and a seed to a run. `results`: gets them, and has those of an earlier
    start."""
    number, all_runs = 0, seeds * len(cells) * len(rules)
    for seed in range(1, seeds + 1):
        for cell in cells:
            for rule in rules:
                number += 1
                if results.run_of(cell, rule, seed) is not None:
                    continue
                by_itself = results.run_of(cell, DEFAULT, seed)
                chosen = by_itself is not None and by_itself.get("chosen") == rule
                run = {**by_itself, "rule": rule} if chosen else measure(cell, rule, seed)
                results.add(run)
                print(f"{number} of {all_runs}, seed {seed}: {cell}: {rule}: {describe(run)}", flush=True)


def describe(run):
    if run["failed"]:
        return f"FAILED: {run['failed']}"
    return (", ".join(f"{table.label(key)} {table.value_text(key, value)}" for key, value in run["figures"].items())
            + f", {run['words_per_second'] / 1e6:.2f} M words/s")
