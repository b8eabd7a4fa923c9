"""The summary as a chart: speed by rule, and by size of the vocabulary."""
import math

from gpu.table import millions
from measure.svg import FAINT, bar, dot, line, picture, text

MARGIN = 16
WIDTH = 860
LABELS = 130  # the width of the names at the left
BARS = 500  # the width of the longest bar
ROW = 19
BAR = 14
GAP = 8  # between rules
PLOT = 300  # the height of the plot by vocabulary
SPEED = "training_words_per_second"
BAR_KINDS = (("cuda", SPEED, "GPU, kernels alone", "#2a6f97"),
             ("cuda", "end_to_end_words_per_second", "GPU, end to end", "#7aa6c2"),
             ("cpu", SPEED, "CPU, training alone", "#c8553d"),
             ("cpu", "end_to_end_words_per_second", "CPU, end to end", "#e6b3a6"))
COLOURS = ("#2a6f97", "#6a4c93", "#3b8c5a", "#c8553d", "#b8860b", "#5d6871")


def draw(rows, heading, subtitle):
    """`rows`: for speed, the first with the base's settings. `subtitle`: lines."""
    parts = [text(MARGIN, 28, heading, 17, weight="bold")]
    parts += [text(MARGIN, 48 + 15 * number, words, 11, FAINT) for number, words in enumerate(subtitle)]
    top = 48 + 15 * len(subtitle)
    base = [row for row in rows if all(row[key] == rows[0][key] for key in ("dim", "sample"))]
    bars, bottom = rules([row for row in base if row["text"] == rows[0]["text"]], top)
    parts += bars
    if len({row["vocabulary"] for row in base}) > 1:
        plot, bottom = vocabularies(base, bottom)
        parts += plot
    return picture(WIDTH, bottom, parts)


def rules(rows, top):
    """Bars for each rule, and where they end."""
    first = rows[0]
    parts = [text(MARGIN, top + 20, "Words a second by rule", 13, weight="bold"),
             text(MARGIN + 190, top + 20, f"{first['text']}, d={first['dim']}, sample {first['sample']:g}; words "
                  "before subsampling", 11, FAINT)]
    for number, (_, _, name, colour) in enumerate(BAR_KINDS):
        x = LABELS + 165 * number
        parts += [bar(x, top + 32, 12, colour, 12), text(x + 17, top + 42, name, 11)]
    y = top + 58
    longest = max(spread["median"] for row in rows for key, spread in row["figures"].items()
                  if key in (SPEED, "end_to_end_words_per_second"))
    for rule in dict.fromkeys(row["rule"] for row in rows):
        parts.append(text(LABELS - 8, y + 12, rule, 11, anchor="end"))
        for device, key, _, colour in BAR_KINDS:
            for row in rows:
                if (row["rule"], row["device"]) == (rule, device) and key in row["figures"]:
                    speed = row["figures"][key]["median"]
                    width = BARS * speed / longest
                    parts += [bar(LABELS, y, width, colour, BAR),
                              text(LABELS + width + 6, y + 11, millions(speed) + " M", 11)]
                    y += ROW
        y += GAP
    return parts, y + MARGIN


def vocabularies(rows, top):
    """Lines over the size of the vocabulary, both axes logarithmic, and where they end."""
    points = {}
    for row in rows:
        if SPEED in row["figures"]:
            points.setdefault((row["rule"], row["device"]), []).append(
                (row["vocabulary"], row["figures"][SPEED]["median"]))
    all_points = [point for own in points.values() for point in own]
    if not all_points:
        return [], top
    left, right, above, below = LABELS, LABELS + BARS, top + 50, top + 50 + PLOT
    low, high = (bound(speed for _, speed in all_points) for bound in (decade_below, decade_above))
    across = scale([vocabulary for vocabulary, _ in all_points], left + 20, right - 20)
    up = scale([low, high], below, above)
    parts = [text(MARGIN, top + 20, "Words a second by vocabulary", 13, weight="bold"),
             text(MARGIN + 230, top + 20, f"d={rows[0]['dim']}, sample {rows[0]['sample']:g}; training alone; solid: "
                  "GPU, dashed: CPU; both axes logarithmic", 11, FAINT)]
    speed = low
    while speed <= high * 1.001:
        parts += [line([(left, up(speed)), (right, up(speed))], "#dde2e6"),
                  text(left - 8, up(speed) + 4, millions(speed) + " M", 10, FAINT, anchor="end")]
        speed *= 10
    for vocabulary in sorted({vocabulary for vocabulary, _ in all_points}):
        parts += [line([(across(vocabulary), below), (across(vocabulary), below + 5)], FAINT),
                  text(across(vocabulary), below + 18, f"{vocabulary:,}", 10, FAINT, anchor="middle")]
    names = list(dict.fromkeys(rule for rule, _ in points))
    for number, rule in enumerate(names):
        colour = COLOURS[number % len(COLOURS)]
        y = above + ROW * number
        parts += [bar(right + 20, y, 12, colour, 12), text(right + 37, y + 10, rule, 11)]
        for device, dashes in (("cuda", ""), ("cpu", "5 4")):
            own = [(across(vocabulary), up(speed)) for vocabulary, speed in sorted(points.get((rule, device), []))]
            if own:
                parts += [line(own, colour, 1.8, dashes), *(dot(x, y, colour) for x, y in own)]
    return parts, below + 18 + MARGIN


def scale(values, begin, end):
    """A function from a value to a place, logarithmic."""
    low, high = math.log(min(values)), math.log(max(values))
    return lambda value: begin + (end - begin) * ((math.log(value) - low) / (high - low) if high > low else 0.5)


def decade_below(values):
    return 10.0 ** math.floor(math.log10(min(values)))


def decade_above(values):
    return 10.0 ** math.ceil(math.log10(max(values)))
