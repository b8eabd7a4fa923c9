"""Where a rule is worse than drawing negatives for each pair, beyond what the seed changes."""
import math
import statistics

from grid.runs import LARGEST_NORM, MEAN_LOSS, name_of
from measure import grouped

REFERENCE = "pair"
DEFAULT = "auto"  # what the program chooses if it is not told
# The least difference that counts, by how the name of a measure begins: some measures hardly differ from seed to seed.
FLOORS = {"spearman": 0.02, "analogies": 0.01, "micro": 0.01}
LOSS_FACTOR = 1.1  # what is lost per pair is not quite the same for all rules
NORM_FACTOR = 1.5


def is_quality(measure):
    return measure.split(" ")[0] in FLOORS


def summarise(runs, rules, errors):
    """A row for each cell that has runs by these rules, in the order of the runs. `errors`: how many standard errors a
    difference must be beyond."""
    noise, rows = noises(runs), []
    for of_cell in grouped((run for run in runs if run["rule"] in rules), name_of).values():
        text, by_rule = of_cell[0]["text"], grouped(of_cell, lambda run: run["rule"])
        own = {rule: by_rule[rule] for rule in rules if rule in by_rule}
        reference = own.get(REFERENCE, [])
        flags = {rule: worse(text, some, reference, noise, errors) for rule, some in own.items()}
        rows.append({"text": text, "settings": of_cell[0]["settings"],
                     "runs": {rule: len(some) for rule, some in own.items()},
                     "figures": {rule: means(some) for rule, some in own.items()},
                     "times_as_fast": {rule: times_as_fast(some, reference) for rule, some in own.items()
                                       if rule != REFERENCE},
                     "chosen": " or ".join(sorted({run["chosen"] for run in successes(own.get(DEFAULT, []))})),
                     "flags": {rule: found for rule, found in flags.items() if found}})
    return rows


def successes(runs):
    return [run for run in runs if not run["failed"]]


def values_of(runs):
    """Of each measure, as far as it has any."""
    values = {}
    for run in successes(runs):
        for measure, value in run["figures"].items():
            values.setdefault(measure, []).extend([] if value is None else [value])
    return values


def means(runs):
    return {measure: statistics.mean(values) if values else None for measure, values in values_of(runs).items()}


def noises(runs):
    """By text and measure: the standard deviation over seeds of the reference's runs, pooled over all cells; 0 if no
    cell has two."""
    samples = {}
    for own in grouped((run for run in runs if run["rule"] == REFERENCE), name_of).values():
        for measure, values in values_of(own).items():
            if values:
                samples.setdefault((own[0]["text"], measure), []).append(values)
    freedom = {key: sum(len(values) - 1 for values in own) for key, own in samples.items()}
    return {key: math.sqrt(sum(len(values) * statistics.pvariance(values) for values in own) / max(1, freedom[key]))
            for key, own in samples.items()}


def times_as_fast(runs, reference):
    """The median of the ratios of runs with the same seed, which ran one after the other."""
    speeds = {run["seed"]: run["words_per_second"] for run in successes(reference)}
    ratios = [run["words_per_second"] / speeds[run["seed"]] for run in successes(runs) if run["seed"] in speeds]
    return statistics.median(ratios) if ratios else None


def worse(text, runs, reference, noise, errors):
    """What is wrong with runs by themselves, and the measures by which they are worse than the reference's."""
    found = ["failed"] if len(successes(runs)) < len(runs) else []
    found += [f"{measure} not finite" for measure in (MEAN_LOSS, LARGEST_NORM)
              if any(run["figures"].get(measure, 0) is None for run in successes(runs))]
    values = values_of(runs)
    for measure, theirs in values_of(reference).items():
        if not theirs or not values:
            continue
        own = values.get(measure) or [-math.inf]  # no quality is worse than any
        apart = errors * noise[text, measure] * math.sqrt(1 / len(own) + 1 / len(theirs))
        mean, their_mean = statistics.mean(own), statistics.mean(theirs)
        if measure == LARGEST_NORM:
            bad = max(own) > NORM_FACTOR * max(theirs)
        elif measure == MEAN_LOSS:
            bad = mean - their_mean > max(apart, (LOSS_FACTOR - 1) * abs(their_mean))
        else:
            bad = their_mean - mean > max(apart, FLOORS[measure.split(" ")[0]])
        found += [measure] if bad else []
    return found
