"""The summary as tables."""
from measure.quality import quality_label, quality_text

SPEED_HEADER = ["text", "dim", "sample", "rule", "device", "runs", "training, M words/s", "training, kept",
                "end to end, M words/s", "end to end, kept", "bytes a kept word", "of the memory ceiling",
                "subsampling by training"]
MISSING = "-"


def speed_cells(rows):
    """The header, and a list of texts for each row."""
    table = [SPEED_HEADER]
    for row in rows:
        if row["kind"] == "speed":
            figures = row["figures"]
            table.append([*conditions(row),
                          with_range(figures.get("training_words_per_second"), millions),
                          median(figures.get("training_kept_words_per_second"), millions),
                          with_range(figures["end_to_end_words_per_second"], millions),
                          median(figures["end_to_end_kept_words_per_second"], millions),
                          f"{row['bytes_per_kept_word']:,.0f}",
                          median(figures.get("of_ceiling"), "{:.1%}".format),
                          median(figures.get("subsampling_by_training"), "{:.1%}".format)])
    return table


def quality_cells(rows):
    own = [row for row in rows if row["kind"] == "quality"]
    keys = list(dict.fromkeys(key for row in own for key in row["figures"]
                              if key.startswith(("spearman ", "analogies "))))
    table = [["text", "dim", "sample", "rule", "device", "runs", *(quality_label(key) for key in keys)]]
    for row in own:
        table.append([*conditions(row),
                      *(with_range(row["figures"].get(key), lambda value, key=key: quality_text(key, value))
                        for key in keys)])
    return table


def conditions(row):
    return [row["text"], str(row["dim"]), f"{row['sample']:g}", row["rule"], row["device"], str(row["runs"])]


def median(spread, text):
    return text(spread["median"]) if spread else MISSING


def with_range(spread, text):
    if not spread or spread["min"] == spread["max"]:
        return median(spread, text)
    return f"{text(spread['median'])} ({text(spread['min'])} to {text(spread['max'])})"


def millions(words):
    """Three digits, or more."""
    number = words / 1e6
    return f"{number:,.{0 if number >= 100 else 1 if number >= 10 else 2}f}"
