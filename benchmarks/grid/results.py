"""The folder of a grid: results.json and table.md."""
import json
import os
import time

from grid import table
from grid.cells import cell_of
from grid.summary import DEFAULT, FLOORS, LOSS_FACTOR, NORM_FACTOR, REFERENCE, noises, summarise
from measure.columns import markdown, plain
from measure.whole_file import write_whole


SAVE_SECONDS = 10  # from one time to the next
NAMES = {"spearman": "Spearman's rho", "analogies": "analogies' accuracy", "micro": "micro-F1"}


class OtherConditions(Exception):
    """The folder has results that cannot be gone on with."""


class Results:
    """Written every few seconds, so that hardly anything that was measured is lost, and the next start goes on from
    there."""

    def __init__(self, folder, facts, conditions, texts, rules, errors):
        """`facts`: what the files say of machine and settings. `conditions`: those which all runs share; where they
        differ from an earlier start's, its runs cannot be taken over. `texts`: what each text is, by its name; the same
        holds for those that an earlier start had, too. `errors`: how many standard errors a difference must be
        beyond."""
        self.folder = folder
        self.rules = rules
        self.errors = errors
        earlier = self._earlier()
        changed = [key for key, value in as_read(conditions).items()
                   if earlier and earlier["conditions"].get(key) != value]
        changed += [name for name, text in as_read(texts).items() if earlier.get("texts", {}).get(name, text) != text]
        if changed:
            raise OtherConditions(f"{self._path('results.json')} was measured with other conditions "
                                  f"({', '.join(changed)}): please give another --output, or delete it")
        self.facts = {**facts, "conditions": conditions, "texts": {**earlier.get("texts", {}), **texts}}
        self.runs = earlier.get("runs", [])
        self.done = {key_of(run): run for run in self.runs}
        self.saved = time.monotonic()

    def _earlier(self):
        if not os.path.exists(self._path("results.json")):
            return {}
        with open(self._path("results.json"), encoding="utf-8") as text:
            return json.load(text)

    def run_of(self, cell, rule, seed):
        """None if it was not measured yet."""
        return self.done.get((cell, rule, seed))

    def add(self, run):
        self.runs.append(run)
        self.done[key_of(run)] = run
        if time.monotonic() - self.saved > SAVE_SECONDS:
            self.save()

    def rows(self):
        """In the order in which the cells first ran, text by text."""
        rows = summarise(self.runs, self.rules, self.errors)
        names = list(self.facts["texts"])
        return sorted(rows, key=lambda row: names.index(row["text"]))

    def save(self):
        self.saved = time.monotonic()
        rows = self.rows()
        os.makedirs(self.folder, exist_ok=True)
        write_whole(self._path("results.json"),
                    json.dumps({**self.facts, "rules": self.rules, "standard_errors": self.errors, "summary": rows,
                                "runs": self.runs}, indent=2) + "\n")
        tables = "".join(f"## {name}\n\n{markdown(cells)}\n" for name, cells in self._tables(rows))
        notes = "".join(f"- {note}\n" for note in self._notes())
        write_whole(self._path("table.md"), "# Rules of sharing negatives, by settings\n\n"
                    + "\n".join(self._headlines()) + "\n\n" + tables + notes + "\n" + last_line(rows, self.rules) + "\n")

    def show(self):
        """Prints the cells that are flagged. Returns in how many the default rule is, or any rule if that was not asked
        for."""
        rows = self.rows()
        for name, cells in self._tables([row for row in rows if row["flags"]]):
            print(f"\nworse in {name}\n{plain(cells)}", end="")
        print("\n" + last_line(rows, self.rules))
        return flagged(rows, [DEFAULT] if DEFAULT in self.rules else self.rules)

    def _tables(self, rows):
        return [(name, table.cells(own, self.rules)) for name in self.facts["texts"]
                for own in [[row for row in rows if row["text"] == name]] if own]

    def _headlines(self):
        facts, conditions = self.facts, self.facts["conditions"]
        machine = facts["machine"]
        return [f"dim {conditions['dim']}, device {conditions['device']}, {conditions['threads']} threads; figures are "
                f"means over seeds, in the order {' / '.join(self.rules)}  ",
                f"{machine['cpu']}, {machine['cores']} cores; {machine['system']}  ",
                f"{facts['program']}; commit {facts['commit']}; {facts['date']}"]

    def _notes(self):
        notes = [f"{name}: {', '.join(f'{key} {value}' for key, value in text.items() if key != 'sha256')}"
                 for name, text in self.facts["texts"].items()]
        notes += what_is_worse(self.errors)
        deviations = table.noise_texts(noises(self.runs))
        if deviations:
            notes.append(f"Standard deviations over seeds: {'; '.join(deviations)}.")
        failed = dict.fromkeys(f"{cell_of(run)}: {run['rule']} failed: {run['failed'].splitlines()[-1]}"
                               for run in self.runs if run["failed"])
        return notes + list(failed)

    def _path(self, name):
        return os.path.join(self.folder, name)


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


def key_of(run):
    return cell_of(run), run["rule"], run["seed"]


def as_read(facts):
    """As they come back from a JSON file."""
    return json.loads(json.dumps(facts))


def flagged(rows, rules):
    """In how many cells one of the rules is flagged."""
    return sum(any(rule in row["flags"] for rule in rules) for row in rows)


def last_line(rows, rules):
    return f"Flagged of {len(rows)} cells: " + ", ".join(f"{rule} in {flagged(rows, [rule])}" for rule in rules) + "."
