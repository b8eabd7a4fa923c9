"""The folder of a bench: results.json, table.md and chart.svg."""
import json
import os

from gpu import chart, table
from gpu.summary import figures_of, is_of, summarise
from measure.columns import markdown, plain
from measure.quality import quality_label, quality_text
from measure.whole_file import write_whole


class OtherConditions(Exception):
    """The folder has results that cannot be gone on with."""


class Results:
    """Written after every run, so that nothing that was measured is lost, and the next start goes on from there."""

    def __init__(self, folder, facts, conditions, cells, rounds, bandwidth):
        """`facts`: what results.json says of machine and settings. `conditions`: those which all runs share; where they
        differ from an earlier start's, its runs cannot be taken over. `cells`: all that are to be measured, in the
        order of the tables."""
        self.folder = folder
        self.facts = {**facts, "conditions": conditions}
        self.cells = cells
        self.rounds = rounds
        self.bandwidth = bandwidth
        self.notes = []
        self.runs = self._earlier(conditions)

    def _earlier(self, conditions):
        path = self._path("results.json")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as text:
            earlier = json.load(text)
        changed = [key for key, value in json.loads(json.dumps(conditions)).items()
                   if earlier.get("conditions", {}).get(key) != value]
        if changed:
            raise OtherConditions(f"{path} was measured with other conditions ({', '.join(changed)}): "
                                  "please give another --output, or delete it")
        return earlier["runs"]

    def has(self, cell, number):
        return any(is_of(run, cell) and run["round"] == number for run in self.runs)

    def longest(self, cell):
        """Seconds, evaluation included; 0 if it did not run yet."""
        return max((run["seconds"]["with_evaluation"] for run in self.runs if is_of(run, cell)), default=0)

    def add(self, run):
        self.runs.append(run)
        self.save()

    def missing(self):
        """The cells that have fewer runs than they should, and how many they have."""
        counts = {cell: sum(self.has(cell, number) for number in range(1, self.rounds + 1)) for cell in self.cells}
        return {cell: count for cell, count in counts.items() if count < self.rounds}

    def describe(self, run):
        figures = figures_of(run, self.bandwidth)
        if run["kind"] == "quality":
            return ", ".join(f"{quality_label(key)} {quality_text(key, figures[key])}" for key in run["quality"])
        alone = figures.get("training_words_per_second")
        ceiling = figures.get("of_ceiling")
        return ((f"{table.millions(alone)} M words/s training alone, " if alone else "")
                + f"{table.millions(figures['end_to_end_words_per_second'])} end to end"
                + (f", {ceiling:.1%} of the memory ceiling" if ceiling else ""))

    def save(self):
        os.makedirs(self.folder, exist_ok=True)
        rows = summarise(self.cells, self.runs, self.bandwidth)
        status = "unfinished" if self.missing() else "finished"
        write_whole(self._path("results.json"),
                    json.dumps({"status": status, **self.facts, "notes": self.notes, "summary": rows,
                                "runs": self.runs}, indent=2) + "\n")
        notes = "".join(f"- {note}\n" for note in self.notes)
        tables = "".join(f"## {title}\n\n{markdown(cells)}\n" for title, cells in tables_of(rows))
        head = headlines(self.facts, self.rounds)
        write_whole(self._path("table.md"), "# Training on a GPU and on the CPU\n\n" + "\n".join(head) + "\n\n"
                    + tables + notes)
        speeds = [row for row in rows if row["kind"] == "speed"]
        if speeds:
            write_whole(self._path("chart.svg"), chart.draw(speeds, "Training on a GPU and on the CPU", head))

    def show(self):
        for title, cells in tables_of(summarise(self.cells, self.runs, self.bandwidth)):
            print(f"\n{title}\n{plain(cells)}", end="")
        print("".join(f"\n{note}" for note in self.notes))

    def _path(self, name):
        return os.path.join(self.folder, name)


def tables_of(rows):
    """Title and cells of those that are not empty."""
    both = [("Speed", table.speed_cells(rows)), ("Quality", table.quality_cells(rows))]
    return [(title, cells) for title, cells in both if len(cells) > 1]


def headlines(facts, rounds):
    """The conditions in a few lines."""
    machine = facts["machine"]
    return [facts["gpu"] or facts["no_gpu"], f"{machine['cpu']}, {machine['cores']} cores; {machine['system']}",
            f"commit {facts['commit']}; {facts['date']}; medians of up to {rounds} interleaved rounds"]
