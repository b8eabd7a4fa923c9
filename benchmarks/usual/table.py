"""The spread of the runs, and how it is shown."""
import statistics


def summarise(runs):
    """One row for each task, in the order of the runs."""
    rows = []
    for what, words in dict.fromkeys((run["what"], run["words"]) for run in runs):
        seconds = [run["seconds"] for run in runs if (run["what"], run["words"]) == (what, words)]
        rows.append({"what": what, "words": words, "runs": len(seconds),
                     "seconds": {"min": min(seconds), "median": statistics.median(seconds), "max": max(seconds)}})
    return rows


def cells(rows):
    """The header, and a list of texts for each row."""
    return [["what", "words", "runs", "min", "median", "max"]] + [
        [row["what"], f"{row['words']:,}", str(row["runs"]), *map(duration, row["seconds"].values())] for row in rows]


def duration(seconds):
    for unit, factor in (("s", 1), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.{1 if seconds * factor >= 10 else 2}f} {unit}"
    return f"{seconds * 1e6:.1f} us"
