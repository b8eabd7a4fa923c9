"""Medians of runs."""
import statistics
from dataclasses import asdict

from gpu.ceilings import bytes_per_word
from gpu.rules import RULES


def training_seconds(run):
    """Without anything around it: on a GPU the training kernels, on a CPU the epochs. None if the program did not
    tell."""
    return run["seconds"]["kernels" if run["device"] == "cuda" else "train"]


def bytes_per_kept_word(run):
    """That must be moved at least."""
    rule = RULES[run["rule"]]
    return bytes_per_word(rule.rows(run), run["dim"], rule.bytes_per_value)


def figures_of(run, bandwidth):
    """The figures of a run that are worth a column, as far as they are there. `bandwidth`: of the GPU, or None."""
    trained, kept = run["counts"]["trained_tokens"], run["counts"]["kept_tokens"]
    alone, together = training_seconds(run), run["seconds"]["together"]
    figures = {"end_to_end_words_per_second": trained / together, "end_to_end_kept_words_per_second": kept / together}
    if alone:
        figures.update(training_words_per_second=trained / alone, training_kept_words_per_second=kept / alone)
        if run["device"] == "cuda" and bandwidth:
            figures["of_ceiling"] = kept / alone * bytes_per_kept_word(run) / bandwidth
        if run["seconds"]["subsampling"] is not None:
            figures["subsampling_by_training"] = run["seconds"]["subsampling"] / alone
    return {**figures, **run["quality"]}


def summarise(cells, runs, bandwidth):
    """A row for each of the cells that has runs."""
    rows = []
    for cell in cells:
        own = [run for run in runs if is_of(run, cell)]
        if not own:
            continue
        figures = [figures_of(run, bandwidth) for run in own]
        rows.append({**asdict(cell), "runs": len(own), "vocabulary": own[0]["counts"]["vocabulary"],
                     "epochs": own[0]["settings"]["epochs"], "bytes_per_kept_word": bytes_per_kept_word(own[0]),
                     "figures": {key: spread([one.get(key) for one in figures]) for key in figures[0]}})
    return rows


def is_of(run, cell):
    return all(run[key] == value for key, value in asdict(cell).items())


def spread(values):
    """None if there are none: an evaluation that finds no word has no value."""
    values = [value for value in values if value is not None]
    return {"median": statistics.median(values), "min": min(values), "max": max(values)} if values else None
