"""The summary of a comparison, and the files it is written to."""
import statistics
import subprocess
import textwrap
from pathlib import Path

from measure import bullets, grouped, markdown, plain, quality_label, quality_text, write_json, write_whole

REFERENCE = "warp2vec"
PHASES = ("vocabulary", "training", "save", "rest", "together")


def summarise(runs, words, reference):
    """One row for each program and number of threads, in the order of the runs.

    `words`: number of words that a run trains. `reference`: the name of the program that the others are compared with,
    in the same round with the same number of threads."""
    by_program, rows = grouped(runs, lambda run: (run["program"], run["threads"])), []
    for (program, threads), own in by_program.items():
        compared = {run["round"]: run["seconds"] for run in by_program[reference, threads]}
        rows.append({
            "program": program, "threads": threads, "runs": len(own),
            "words_per_second": words / median(run["seconds"]["training"] for run in own),
            "words_per_second_of_runs": [words / run["seconds"]["training"] for run in own],
            "seconds": {phase: median(run["seconds"][phase] for run in own) for phase in own[0]["seconds"]},
            "times_the_seconds_of_" + reference: {
                phase: median(run["seconds"][phase] / compared[run["round"]][phase] for run in own)
                for phase in ("training", "together")},
            "cpu_seconds": median(run["cpu_seconds"] for run in own),
            "peak_memory_bytes": median(run["peak_memory_bytes"] for run in own),
            "quality": {key: median(run["quality"][key] for run in own) for key in own[0]["quality"]}})
    return rows


def median(values):
    """Ignores missing values: an evaluation that finds no word has no value."""
    return statistics.median([value for value in values if value is not None] or [None])


def table_of(rows, reference):
    """The header, and a list of texts for each row."""
    keys = list(rows[0]["quality"])
    table = [["program", "threads", "thousand words/s", f"{reference}'s lead", *PHASES, f"{reference}'s lead together",
              "peak MB", *map(quality_label, keys)]]
    for row in rows:
        ratios = row["times_the_seconds_of_" + reference]
        lead, lead_together = ("" if row["program"] == reference else f"{ratios[phase]:.2f}x"
                               for phase in ("training", "together"))
        table.append([row["program"], str(row["threads"]), f"{row['words_per_second'] / 1000:,.0f}", lead,
                      *(f"{row['seconds'][phase]:.2f}" for phase in PHASES), lead_together,
                      f"{row['peak_memory_bytes'] / 1e6:,.0f}",
                      *(quality_text(key, row["quality"][key]) for key in keys)])
    return table


class Report:
    """Grows with every run. Unfinished results are kept separate from finished ones."""

    def __init__(self, folder, program, facts):
        """`program`: warp2vec, which draws the charts. `facts`: machine, programs and settings, for the JSON file."""
        self.folder, self.program, self.facts = Path(folder), program, facts
        self.folder.mkdir(parents=True, exist_ok=True)
        self.words = facts["corpus"]["words_in_vocabulary"] * facts["settings"]["epochs"]
        self.runs = []

    def add(self, run):
        self.runs.append(run)
        write_json(self.folder / "unfinished.json", {**self.facts, "runs": self.runs})
        quality = ", ".join(f"{quality_label(key)} {quality_text(key, value)}"
                            for key, value in run["quality"].items())
        print(f"round {run['round']}, threads {run['threads']}, {run['program']}: "
              f"{self.words / run['seconds']['training'] / 1000:,.0f} thousand words/s, "
              f"together {run['seconds']['together']:.1f} s" + (f"; {quality}" if quality else ""), flush=True)

    def finish(self):
        """Prints the table and writes all files."""
        rows = summarise(self.runs, self.words, REFERENCE)
        table, notes = table_of(rows, REFERENCE), self.facts["notes"]
        print("\n" + plain(table))
        print("\n".join(textwrap.fill(note, 120) for note in notes))
        write_whole(self.folder / "table.md", f"# Peers on {self.facts['corpus']['name']}\n\n{self._conditions()}\n\n"
                    f"{markdown(table)}\nTimes are in seconds. Medians; those of the phases need not add up.\n\n"
                    f"{bullets(notes)}")
        write_json(self.folder / "results.json", {**self.facts, "summary": rows, "runs": self.runs})
        (self.folder / "unfinished.json").unlink()
        subprocess.run([self.program, "bench", "--peers", str(self.folder / "results.json"),
                        "--output", str(self.folder / "report"), "--quiet"], check=True)

    def _conditions(self):
        facts, s, corpus, machine = (self.facts, *map(self.facts.get, ("settings", "corpus", "machine")))
        negative = f", negative {s['negative']}" if s["loss"] == "ns" else ""
        rounds = "one round" if facts["rounds"] == 1 else f"medians of {facts['rounds']} interleaved rounds"
        return (f"{corpus['words_in_vocabulary']:,} words of the vocabulary in {corpus['bytes']:,} bytes; "
                f"{s['model']}, loss {s['loss']}, dim {s['dim']}, window {s['window']}{negative}, "
                f"sample {s['sample']:g}, min-count {s['min_count']}, lr {s['lr']:g}, epochs {s['epochs']}\n"
                f"{machine['cpu']}, {machine['cores']} cores; {machine['system']}\n"
                f"commit {facts['commit']}; {facts['date']}; {rounds}")
