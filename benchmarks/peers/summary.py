"""Medians and ratios of runs."""
import statistics


def summarise(runs, words, reference):
    """One row for each program and number of threads, in the order of the runs.

    `words`: that a run trains. `reference`: the name of the program that the others are compared with, in the same
    round with as many threads."""
    rows = []
    for program, threads in dict.fromkeys((run["program"], run["threads"]) for run in runs):
        own = _of(runs, program, threads)
        compared = {run["round"]: run for run in _of(runs, reference, threads)}
        rows.append({
            "program": program, "threads": threads, "runs": len(own),
            "words_per_second": words / median(run["seconds"]["training"] for run in own),
            "words_per_second_of_runs": [words / run["seconds"]["training"] for run in own],
            "seconds": {phase: median(run["seconds"][phase] for run in own) for phase in own[0]["seconds"]},
            "times_the_seconds_of_" + reference: {
                phase: median(run["seconds"][phase] / compared[run["round"]]["seconds"][phase] for run in own)
                for phase in ("training", "together")},
            "cpu_seconds": median(run["cpu_seconds"] for run in own),
            "peak_memory_bytes": median(run["peak_memory_bytes"] for run in own),
            "quality": {key: median(run["quality"][key] for run in own) for key in own[0]["quality"]}})
    return rows


def _of(runs, program, threads):
    return [run for run in runs if (run["program"], run["threads"]) == (program, threads)]


def median(values):
    """Of those that are there: an evaluation that finds no word has no value."""
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None
