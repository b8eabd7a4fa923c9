"""The summary as tables."""
from grid.measurement import LARGEST_NORM, MEAN_LOSS
from grid.summary import DEFAULT, FLOORS, REFERENCE, is_quality
from measure.quality import quality_label, quality_text

MISSING = "-"
NAMES = {"micro F1": "F1"}


def label(measure):
    return NAMES.get(measure) or (quality_label(measure) if is_quality(measure) else measure)


def value_text(measure, value):
    if value is None:
        return MISSING
    if measure == MEAN_LOSS:
        return f"{value:.3f}" if abs(value) < 1000 else f"{value:.2g}"
    if measure == LARGEST_NORM:
        return f"{value:.1f}" if abs(value) < 1000 else f"{value:.2g}"
    return quality_text(measure, value)


def cells(rows, rules):
    """The header, and a list of texts for each row. Where a measure has a figure for each rule they are in the rules'
    order."""
    measures = list(dict.fromkeys(key for row in rows for figures in row["figures"].values() for key in figures))
    others = [rule for rule in rules if rule != REFERENCE]
    default = [f"{DEFAULT} is"] if DEFAULT in rules else []
    table = [["objective", "window", "negative", "lr", "sample", "seeds", *default, *map(label, measures),
              f"times {REFERENCE}'s speed", "worse"]]
    for row in rows:
        settings = row["settings"]
        table.append([settings["loss"], str(settings["window"]),
                      MISSING if settings["loss"] == "hs" else str(settings["negative"]),
                      f"{settings['lr']:g}", f"{settings['sample']:g}", str(min(row["runs"].values())),
                      *([row["chosen"] or MISSING] if default else []),
                      *(" / ".join(value_text(key, row["figures"].get(rule, {}).get(key)) for rule in rules)
                        for key in measures),
                      " / ".join(times_text(row["times_as_fast"].get(rule)) for rule in others), flags_text(row)])
    return table


def times_text(ratio):
    return MISSING if ratio is None else f"{ratio:.1f}"


def flags_text(row):
    return "; ".join(f"{rule}: {', '.join(flag_text(flag) for flag in flags)}" for rule, flags in row["flags"].items())


def flag_text(flag):
    return label(flag) if is_quality(flag) and flag.split(" ")[0] in FLOORS else flag


def noise_texts(noise):
    return [f"{text}, {label(measure)} {deviation:.4f}" for (text, measure), deviation in noise.items()
            if is_quality(measure) and deviation]
