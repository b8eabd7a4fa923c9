"""Evaluates runs: where a rule is worse than drawing negatives for each pair, by more than the variation between seeds;
and the folder of results.json and table.md."""
import json
import math
import statistics
import sys
from pathlib import Path

from grid.runs import LARGEST_NORM, MEAN_LOSS, name_of
from measure import bullets, grouped, markdown, plain, quality_label, quality_text, write_json, write_whole

REFERENCE = "pair"
DEFAULT = "auto"  # the default of the program
# The smallest difference that counts, by the first word of a measure: some measures hardly vary between seeds.
FLOORS = {"spearman": 0.02, "analogies": 0.01, "micro": 0.01}
LOSS_FACTOR = 1.1  # the loss per pair is not quite the same for all rules
NORM_FACTOR = 1.5
NAMES = {"spearman": "Spearman's rho", "analogies": "analogies' accuracy", "micro": "micro-F1"}
MISSING = "-"


def is_quality(measure):
    return measure.split(" ")[0] in FLOORS


def summarise(runs, rules, errors):
    """One row for each cell that has runs with these rules, in the order of the runs. `errors`: the number of standard
    errors that a difference must exceed."""
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
    """All values of each measure."""
    values = {}
    for run in successes(runs):
        for measure, value in run["figures"].items():
            values.setdefault(measure, []).extend([] if value is None else [value])
    return values


def means(runs):
    return {measure: statistics.mean(values) if values else None for measure, values in values_of(runs).items()}


def noises(runs):
    """By text and measure: the standard deviation over seeds of the reference's runs, pooled over all cells; 0 if no
    cell has two runs."""
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
    """Failures of the runs themselves, and the measures in which they are worse than the reference."""
    found = ["failed"] if len(successes(runs)) < len(runs) else []
    found += [f"{measure} not finite" for measure in (MEAN_LOSS, LARGEST_NORM)
              if any(run["figures"].get(measure, 0) is None for run in successes(runs))]
    values = values_of(runs)
    for measure, theirs in values_of(reference).items():
        if not theirs or not values:
            continue
        own = values.get(measure) or [-math.inf]  # a missing quality is worse than any
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


class Results:
    """Written after every run, so that no measurement is lost and the next start resumes from there."""

    def __init__(self, folder, facts, conditions, texts, rules, errors):
        """`facts`: machine and settings, for the files. `conditions`: shared by all runs; if they differ from those of
        an earlier start, whose runs then cannot be reused, the program exits. `texts`: a description of each text, by
        name; the same holds for texts that an earlier start had, too. `errors`: the number of standard errors that a
        difference must exceed."""
        self.folder, self.rules, self.errors = Path(folder), rules, errors
        path = self.folder / "results.json"
        earlier = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        known = {**earlier.get("conditions", {}), **earlier.get("texts", {})}
        changed = [key for key, value in {**conditions, **texts}.items() if known.get(key, value) != value]
        if changed:
            sys.exit(f"quality_grid: {path} was measured with other conditions ({', '.join(changed)}): please give "
                     "another --output, or delete it")
        self.facts = {**facts, "conditions": conditions, "texts": {**earlier.get("texts", {}), **texts}}
        self.runs = earlier.get("runs", [])
        self.done = {key_of(run): run for run in self.runs}

    def run_of(self, cell, rule, seed):
        """None if it has not been measured yet."""
        return self.done.get((name_of(cell), rule, seed))

    def add(self, run):
        self.runs.append(run)
        self.done[key_of(run)] = run
        self.save()

    def save(self):
        """Writes the files and returns the summary."""
        rows = summarise(self.runs, self.rules, self.errors)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_json(self.folder / "results.json", {**self.facts, "rules": self.rules, "standard_errors": self.errors,
                                                  "summary": rows, "runs": self.runs})
        tables = "".join(f"## {name}\n\n{markdown(table)}\n" for name, table in self._tables(rows))
        write_whole(self.folder / "table.md", f"# Rules of sharing negatives, by settings\n\n{self._conditions()}\n\n"
                    f"{tables}{bullets(self._notes())}\n{last_line(rows, self.rules)}\n")
        return rows

    def finish(self):
        """Prints the flagged cells. Returns the number of cells in which the default rule is flagged, or any rule if
        the default was not requested."""
        rows = self.save()
        print(f"\nThe results are in {self.folder}")
        for name, table in self._tables([row for row in rows if row["flags"]]):
            print(f"\nworse in {name}\n{plain(table)}", end="")
        print("\n" + last_line(rows, self.rules))
        return flagged(rows, [DEFAULT] if DEFAULT in self.rules else self.rules)

    def _tables(self, rows):
        by_text = grouped(rows, lambda row: row["text"])
        return [(name, table_of(by_text[name], self.rules)) for name in self.facts["texts"] if name in by_text]

    def _conditions(self):
        facts, conditions, machine = self.facts, self.facts["conditions"], self.facts["machine"]
        return (f"dim {conditions['dim']}, device {conditions['device']}, {conditions['threads']} threads; figures are "
                f"means over seeds, in the order {' / '.join(self.rules)}  \n"
                f"{machine['cpu']}, {machine['cores']} cores; {machine['system']}  \n"
                f"{facts['program']}; commit {facts['commit']}; {facts['date']}")

    def _notes(self):
        about = [f"{name}: {', '.join(f'{key} {value}' for key, value in text.items() if key != 'sha256')}"
                 for name, text in self.facts["texts"].items()]
        deviations = [f"{text}, {label(measure)} {deviation:.4f}"
                      for (text, measure), deviation in noises(self.runs).items() if is_quality(measure) and deviation]
        failed = [f"{name_of(run)}: {run['rule']} failed: {run['failed'].splitlines()[-1]}"
                  for run in self.runs if run["failed"]]
        return [*about, *what_is_worse(self.errors),
                *([f"Standard deviations over seeds: {'; '.join(deviations)}."] if deviations else []),
                *dict.fromkeys(failed)]


def run_rounds(cells, seeds, results, measure):
    """Runs everything seed by seed. The rules of a cell run one after the other, so that their speeds can be compared.
    The rule that the default resolved to is not trained a second time under its own name.

    `results`: receives the runs, and has those of an earlier start. `measure`: a function from a cell, a rule and a
    seed to a run."""
    all_runs = [(cell, rule, seed) for seed in range(1, seeds + 1) for cell in cells for rule in results.rules]
    for number, (cell, rule, seed) in enumerate(all_runs, 1):
        if results.run_of(cell, rule, seed):
            continue
        by_itself = results.run_of(cell, DEFAULT, seed) or {}
        run = {**by_itself, "rule": rule} if by_itself.get("chosen") == rule else measure(cell, rule, seed)
        results.add(run)
        if run["failed"]:
            said = f"FAILED: {run['failed']}"
        else:
            said = "".join(f"{label(key)} {value_text(key, value)}, " for key, value in run["figures"].items())
            said += f"{run['words_per_second'] / 1e6:.2f} M words/s"
        print(f"{number} of {len(all_runs)}, seed {seed}: {name_of(cell)}: {rule}: {said}", flush=True)


def key_of(run):
    return name_of(run), run["rule"], run["seed"]


def what_is_worse(errors):
    floors = ", ".join(f"{floor:g} of {NAMES[kind]}" for kind, floor in FLOORS.items())
    return [f"Quality is worse if its mean is below {REFERENCE}'s by more than {errors:g} standard errors of the "
            f"difference, and by more than {floors}. The error follows from the standard deviation over seeds of "
            f"{REFERENCE}'s runs, pooled over all cells of a text.",
            f"The mean loss (of the last epoch) is worse if it is above {REFERENCE}'s by as many errors, and more than "
            f"{LOSS_FACTOR:g} times as large; the largest norm (of the input vectors) if the largest of all seeds is "
            f"more than {NORM_FACTOR:g} times {REFERENCE}'s. A run that fails, or whose loss or vectors are not "
            "finite, is always worse.",
            f"Speed is in words trained a second: medians of ratios to the run of {REFERENCE} with the same seed."]


def flagged(rows, rules):
    """The number of cells in which one of the rules is flagged."""
    return sum(any(rule in row["flags"] for rule in rules) for row in rows)


def last_line(rows, rules):
    return f"Flagged of {len(rows)} cells: " + ", ".join(f"{rule} in {flagged(rows, [rule])}" for rule in rules) + "."


def table_of(rows, rules):
    """The header, and a list of texts for each row. If a measure has a figure for each rule, they are in the order of
    the rules."""
    measures = list(dict.fromkeys(key for row in rows for figures in row["figures"].values() for key in figures))
    others = [rule for rule in rules if rule != REFERENCE]
    default = [f"{DEFAULT} is"] if DEFAULT in rules else []
    table = [["objective", "window", "negative", "lr", "sample", "seeds", *default, *map(label, measures),
              f"times {REFERENCE}'s speed", "worse"]]
    for row in rows:
        settings, speeds = row["settings"], [row["times_as_fast"].get(rule) for rule in others]
        table.append([settings["loss"], str(settings["window"]),
                      MISSING if settings["loss"] == "hs" else str(settings["negative"]),
                      f"{settings['lr']:g}", f"{settings['sample']:g}", str(min(row["runs"].values())),
                      *([row["chosen"] or MISSING] if default else []),
                      *(" / ".join(value_text(key, row["figures"].get(rule, {}).get(key)) for rule in rules)
                        for key in measures),
                      " / ".join(MISSING if speed is None else f"{speed:.1f}" for speed in speeds),
                      "; ".join(f"{rule}: {', '.join(map(label, flags))}" for rule, flags in row["flags"].items())])
    return table


def label(name):
    """The label of a measure, or of another reason to flag a rule."""
    return quality_label(name) if is_quality(name) else name


def value_text(measure, value):
    if value is None or is_quality(measure):
        return quality_text(measure, value)
    return f"{value:.2g}" if abs(value) >= 1000 else f"{value:.{3 if measure == MEAN_LOSS else 1}f}"
