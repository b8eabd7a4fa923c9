"""The files in which a comparison is left."""
import json
import os
import subprocess
import textwrap

from measure.columns import markdown, plain
from measure.quality import quality_label, quality_text
from measure.whole_file import write_whole
from peers import table
from peers.summary import summarise

REFERENCE = "warp2vec"
UNFINISHED = "unfinished.json"


class Report:
    """Grows with every run. What is there so far is kept apart from finished results."""

    def __init__(self, folder, program, facts, words_of_corpus):
        """`program`: warp2vec, which draws the charts. `facts`: what the JSON file says of machine, programs and settings.
        `words_of_corpus`: in the vocabulary."""
        os.makedirs(folder, exist_ok=True)
        self.program = program
        self.folder = folder
        self.facts = facts
        self.words = words_of_corpus * facts["settings"]["epochs"]
        self.runs = []

    def add(self, run):
        self.runs.append(run)
        write_whole(self._path(UNFINISHED), self._json())
        quality = ", ".join(f"{quality_label(key)} {quality_text(key, value)}"
                            for key, value in run["quality"].items())
        print(f"round {run['round']}, threads {run['threads']}, {run['program']}: "
              f"{self.words / run['seconds']['training'] / 1000:,.0f} thousand words/s, "
              f"together {run['seconds']['together']:.1f} s" + (f"; {quality}" if quality else ""), flush=True)

    def finish(self):
        """Shows the table and writes all files; their folder."""
        rows = summarise(self.runs, self.words, REFERENCE)
        cells = table.cells(rows, REFERENCE)
        print("\n" + plain(cells))
        print("\n".join(textwrap.fill(note, 120) for note in self.facts["notes"]))
        head = headlines(self.facts)
        title = "Peers on " + self.facts["corpus"]["name"]
        notes = "".join(f"- {note}\n" for note in self.facts["notes"])
        write_whole(self._path("table.md"), f"# {title}\n\n" + "\n".join(head) + "\n\n" + markdown(cells)
                    + "\nTimes are in seconds. Medians; those of the phases need not add up.\n\n" + notes)
        write_whole(self._path("results.json"), self._json(summary=rows))
        os.remove(self._path(UNFINISHED))
        subprocess.run([self.program, "bench", "--peers", self._path("results.json"), "--output", self._path("report"),
                        "--quiet"], check=True)
        return self.folder

    def _json(self, **more):
        return json.dumps({**self.facts, **more, "runs": self.runs}, indent=2) + "\n"

    def _path(self, name):
        return os.path.join(self.folder, name)


def headlines(facts):
    """The conditions in a few lines."""
    s, corpus, machine = facts["settings"], facts["corpus"], facts["machine"]
    negative = f", negative {s['negative']}" if s["loss"] == "ns" else ""
    return [f"{corpus['words_in_vocabulary']:,} words of the vocabulary in {corpus['bytes']:,} bytes; "
            f"loss {s['loss']}, dim {s['dim']}, window {s['window']}{negative}, sample {s['sample']:g}, "
            f"min-count {s['min_count']}, lr {s['lr']:g}, epochs {s['epochs']}",
            f"{machine['cpu']}, {machine['cores']} cores; {machine['system']}",
            f"commit {facts['commit']}; {facts['date']}; "
            + ("one round" if facts["rounds"] == 1 else f"medians of {facts['rounds']} interleaved rounds")]
