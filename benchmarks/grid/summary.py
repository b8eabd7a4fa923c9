"""Where a rule is worse than drawing negatives for each pair, beyond what the seed changes."""
import math
import statistics
from dataclasses import asdict

from grid.cells import cell_of
from grid.measurement import LARGEST_NORM, MEAN_LOSS

REFERENCE = "pair"
DEFAULT = "auto"  # what the program chooses if it is not told
# The least difference that counts, by how the name of a measure begins: some measures hardly differ from seed to seed.
FLOORS = {"spearman": 0.02, "analogies": 0.01, "micro": 0.01}
LOSS_FACTOR = 1.1  # what is lost per pair is not quite the same for all rules
NORM_FACTOR = 1.5


def floor_of(measure):
    return FLOORS[measure.split(" ")[0]]


def is_quality(measure):
    return measure not in (MEAN_LOSS, LARGEST_NORM)


def summarise(runs, rules, errors):
    """A row for each cell that has runs by these rules, in the order of the runs. `errors`: how many standard errors a
    difference must be beyond."""
    noise = noises(runs)
    by_cell = {}
    for run in runs:
        by_cell.setdefault(cell_of(run), {}).setdefault(run["rule"], []).append(run)
    rows = []
    for cell, by_rule in by_cell.items():
        own = {rule: by_rule[rule] for rule in rules if rule in by_rule}
        if not own:
            continue
        reference = own.get(REFERENCE, [])
        row = {**asdict(cell), "runs": {rule: len(some) for rule, some in own.items()},
               "figures": {rule: means(some) for rule, some in own.items()},
               "times_as_fast": {rule: times_as_fast(some, reference) for rule, some in own.items()
                                 if rule != REFERENCE},
               "chosen": " or ".join(sorted({run["chosen"] for run in own.get(DEFAULT, []) if not run["failed"]})),
               "flags": {}}
        for rule, some in own.items():
            found = broken(some)
            if rule != REFERENCE:
                found += worse(cell.text, some, reference, noise, errors)
            if found:
                row["flags"][rule] = found
        rows.append(row)
    return rows


def noises(runs):
    """By text and measure: the standard deviation over seeds of the reference's runs, pooled over all cells; 0 if no
    cell has two."""
    values = {}
    for run in runs:
        if run["rule"] == REFERENCE and not run["failed"]:
            for measure, value in run["figures"].items():
                if value is not None:
                    values.setdefault((run["text"], measure), {}).setdefault(cell_of(run), []).append(value)
    pooled = {}
    for key, cells in values.items():
        freedom = sum(len(some) - 1 for some in cells.values())
        squares = sum((value - statistics.mean(some)) ** 2 for some in cells.values() for value in some)
        pooled[key] = math.sqrt(squares / freedom) if freedom else 0.0
    return pooled


def values_of(runs, measure):
    values = [run["figures"].get(measure) for run in runs if not run["failed"]]
    return [value for value in values if value is not None]


def measures_of(runs):
    return list(dict.fromkeys(measure for run in runs if not run["failed"] for measure in run["figures"]))


def means(runs):
    """Of those seeds that have a value."""
    found = {measure: values_of(runs, measure) for measure in measures_of(runs)}
    return {measure: statistics.mean(values) if values else None for measure, values in found.items()}


def times_as_fast(runs, reference):
    """The median of the ratios of runs with the same seed, which ran one after the other."""
    speeds = {run["seed"]: run["words_per_second"] for run in reference if not run["failed"]}
    ratios = [run["words_per_second"] / speeds[run["seed"]] for run in runs
              if not run["failed"] and run["seed"] in speeds]
    return statistics.median(ratios) if ratios else None


def broken(runs):
    """What is wrong with runs whatever others are like."""
    found = ["failed"] if any(run["failed"] for run in runs) else []
    for measure in (MEAN_LOSS, LARGEST_NORM):
        if any(run["figures"].get(measure, 0) is None for run in runs if not run["failed"]):
            found.append(f"{measure} not finite")
    return found


def worse(text, runs, reference, noise, errors):
    """The measures by which runs are worse than the reference's."""
    found = []
    for measure in measures_of(reference):
        theirs, own = values_of(reference, measure), values_of(runs, measure)
        if not theirs or not any(not run["failed"] for run in runs):
            continue
        if is_quality(measure) and not own:
            found.append(measure)
        if not own:
            continue
        apart = errors * noise[text, measure] * math.sqrt(1 / len(own) + 1 / len(theirs))
        mean, their_mean = statistics.mean(own), statistics.mean(theirs)
        if measure == LARGEST_NORM:
            bad = max(own) > NORM_FACTOR * max(theirs)
        elif measure == MEAN_LOSS:
            bad = mean - their_mean > max(apart, (LOSS_FACTOR - 1) * abs(their_mean))
        else:
            bad = their_mean - mean > max(apart, floor_of(measure))
        if bad:
            found.append(measure)
    return found
