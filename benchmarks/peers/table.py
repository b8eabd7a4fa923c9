"""The summary as a table."""
from measure.quality import quality_label, quality_text

PHASES = ("vocabulary", "training", "save", "rest", "together")


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
