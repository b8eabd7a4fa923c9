"""The summary as a chart: an SVG file that needs nothing else."""
from measure.columns import wrap
from measure.quality import quality_label, quality_text
from measure.svg import FAINT, bar, picture, text

MARGIN = 16
NARROWEST = 860  # so that the lines at the top fit
LABELS = 170  # the width of the names at the left
BARS = 380  # the width of the longest bar
BESIDE = LABELS + BARS + 170  # where the columns at the right begin
COLUMN = 66
ROW = 21
BAR = 15
HEADING = 48
GROUP = 20  # the title of a number of threads
PHASES = (("vocabulary", "#7aa6c2"), ("training", "#2a6f97"), ("save", "#e9a03b"), ("rest", "#c3c9ce"))
REFERENCE, OTHER = "#c8553d", "#8fa3b0"


def draw(rows, reference, heading, subtitle):
    """`subtitle`: lines."""
    parts = [text(MARGIN, 28, heading, 17, weight="bold")]
    parts += [text(MARGIN, 48 + 15 * number, line, 11, FAINT) for number, line in enumerate(subtitle)]
    top = 48 + 15 * len(subtitle)
    parts += speeds(rows, reference, top)
    top += HEADING + height(rows) + MARGIN
    parts += times(rows, reference, top)
    bottom = top + HEADING + height(rows) + MARGIN
    width = max(NARROWEST, BESIDE + COLUMN * (len(rows[0]["quality"]) - 1) + MARGIN)
    return picture(width, bottom, parts)


def speeds(rows, reference, top):
    keys = list(rows[0]["quality"])
    parts = [*title("Training: words a second", f"in brackets: {reference}'s lead", top)]
    if keys:
        parts.append(text(BESIDE - COLUMN + 8, top + 14, "quality (Spearman's rho, or accuracy)", 10, FAINT))
    for column, key in enumerate(keys):
        parts += column_title(column, top + HEADING + 8, quality_label(key))
    longest = max(row["words_per_second"] for row in rows)
    parts += group_titles(rows, top + HEADING)
    for row, y in placed(rows, top + HEADING):
        parts.append(label(row, reference, y))
        width = BARS * row["words_per_second"] / longest
        parts.append(bar(LABELS, y, width, REFERENCE if row["program"] == reference else OTHER, BAR))
        parts.append(text(LABELS + width + 6, y + 12, f"{row['words_per_second'] / 1000:,.0f} thousand"
                          + ratio(row, reference, "training"), 11))
        parts += [text(BESIDE + COLUMN * column, y + 12, quality_text(key, row["quality"][key]), 11, anchor="end")
                  for column, key in enumerate(keys)]
    return parts


def times(rows, reference, top):
    parts = title("All together: seconds", f"in brackets: {reference}'s lead", top)
    for number, (phase, colour) in enumerate(PHASES):
        x = LABELS + 95 * number
        parts += [bar(x, top + HEADING - 4, 12, colour, 12), text(x + 17, top + HEADING + 6, phase, 11)]
    parts += column_title(0, top + HEADING + 8, "peak MB")
    longest = max(row["seconds"]["together"] for row in rows)
    parts += group_titles(rows, top + HEADING)
    for row, y in placed(rows, top + HEADING):
        parts.append(label(row, reference, y))
        x = LABELS
        for phase, colour in PHASES:
            width = BARS * row["seconds"][phase] / longest
            parts.append(bar(x, y, width, colour, BAR))
            x += width
        seconds = f"{row['seconds']['together']:,.1f} s"
        parts.append(text(x + 6, y + 12, seconds + ratio(row, reference, "together"), 11))
        parts.append(text(BESIDE, y + 12, f"{row['peak_memory_bytes'] / 1e6:,.0f}", 11, anchor="end"))
    return parts


def title(words, more, top):
    return [text(MARGIN, top + 30, words, 13, weight="bold"), text(MARGIN + 190, top + 30, more, 11, FAINT)]


def placed(rows, top):
    """The rows with their upper edges."""
    result = []
    for number, row in enumerate(rows):
        if begins_group(rows, number):
            top += GROUP
        result.append((row, top))
        top += ROW
    return result


def begins_group(rows, number):
    return number == 0 or rows[number]["threads"] != rows[number - 1]["threads"]


def group_titles(rows, top):
    return [text(LABELS - 8, y - 5, "1 thread" if row["threads"] == 1 else f"{row['threads']} threads", 10, FAINT,
                 anchor="end")
            for number, (row, y) in enumerate(placed(rows, top)) if begins_group(rows, number)]


def height(rows):
    return placed(rows, 0)[-1][1] + ROW


def label(row, reference, y):
    weight = "bold" if row["program"] == reference else "normal"
    return text(LABELS - 8, y + 12, row["program"], 11, anchor="end", weight=weight)


def ratio(row, reference, phase):
    if row["program"] == reference:
        return ""
    return f" ({row['times_the_seconds_of_' + reference][phase]:.1f}x)"


def column_title(column, bottom, name):
    """In as many lines as it needs."""
    lines = wrap(name.replace("-", "- "), 13)
    return [text(BESIDE + COLUMN * column, bottom - 11 * (len(lines) - 1 - number), line.replace("- ", "-"), 9, FAINT,
                 anchor="end") for number, line in enumerate(lines)]
