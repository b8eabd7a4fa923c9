"""The summary as a table."""
import os

PHASES = ("vocabulary", "training", "save", "rest", "together")


def quality_label(key):
    """'spearman men.tsv' -> 'men'"""
    return os.path.splitext(key.split(" ", 1)[1])[0]


def quality_text(key, value):
    if value is None:
        return "-"
    return f"{value:.1%}" if key.startswith("analogies ") else f"{value:.3f}"


def cells(rows, reference):
    """The header, and a list of texts for each row."""
    header = ["program", "threads", "thousand words/s", f"{reference}'s lead", *PHASES,
              f"{reference}'s lead together", "peak MB"]
    keys = list(rows[0]["quality"])
    table = [header + [quality_label(key) for key in keys]]
    for row in rows:
        ratios = row["times_the_seconds_of_" + reference]
        itself = row["program"] == reference
        table.append([row["program"], str(row["threads"]), f"{row['words_per_second'] / 1000:,.0f}",
                      "" if itself else f"{ratios['training']:.2f}x",
                      *(f"{row['seconds'][phase]:.2f}" for phase in PHASES),
                      "" if itself else f"{ratios['together']:.2f}x", f"{row['peak_memory_bytes'] / 1e6:,.0f}",
                      *(quality_text(key, row["quality"][key]) for key in keys)])
    return table


def plain(table):
    """In columns for a terminal; a long header takes several lines."""
    headers = [wrap(title) for title in table[0]]
    height = max(len(lines) for lines in headers)
    lines = [list(line) for line in zip(*([""] * (height - len(words)) + words for words in headers))] + table[1:]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table[0]))]
    return "".join("  ".join([line[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in
                                                           zip(line[1:], widths[1:])]).rstrip() + "\n"
                   for line in lines)


def wrap(title, width=10):
    """Its words in as few lines as fit."""
    lines = [""]
    for word in title.split():
        longer = (lines[-1] + " " + word).strip()
        if lines[-1] and len(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def markdown(table):
    rule = ["---"] + ["---:"] * (len(table[0]) - 1)
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n"
                   for line in [table[0], rule, *table[1:]])
