"""What is trained: each text with many settings."""
from dataclasses import asdict, dataclass, replace


@dataclass(frozen=True)
class Settings:
    """Those that differ from cell to cell; the first values are the program's own."""
    loss: str = "ns"
    window: int = 5
    negative: int = 5
    lr: float = 0.025
    sample: float = 1e-3

    def flags(self):
        return [part for key, value in asdict(self).items() for part in (f"--{key}", str(value))]

    def __str__(self):
        negative = "" if self.loss == "hs" else f", negative {self.negative}"
        return f"{self.loss}, window {self.window}{negative}, lr {self.lr:g}, sample {self.sample:g}"


BASE = Settings()
ALONE = {"window": (2, 10, 15, 50, 100), "negative": (1, 10, 25, 64), "lr": (0.01, 0.05, 0.1, 0.2),
         "sample": (0.0, 1e-4), "loss": ("hs", "ns+hs")}
# Where several settings together bring more steps, or larger ones, to the same rows.
CORNERS = ({"window": 10, "negative": 10, "sample": 1e-4}, {"window": 8, "negative": 25, "sample": 1e-4},
           {"window": 10, "negative": 20}, {"window": 20, "negative": 20},
           {"window": 10, "negative": 10, "lr": 0.05},
           {"loss": "hs", "window": 10}, {"loss": "hs", "lr": 0.1}, {"loss": "ns+hs", "window": 10})


def all_settings():
    """The base, then each setting varied alone, then the corners."""
    alone = [replace(BASE, **{key: value}) for key, values in ALONE.items() for value in values]
    return [BASE, *alone, *(replace(BASE, **corner) for corner in CORNERS)]


@dataclass(frozen=True)
class Cell:
    text: str  # the name of one
    settings: Settings

    def __str__(self):
        return f"{self.text}: {self.settings}"


def plan(texts, only=None):
    """Cells of all texts. `only`: a compiled pattern that must be found in a cell's name."""
    cells = [Cell(text, settings) for text in texts for settings in all_settings()]
    return [cell for cell in cells if only is None or only.search(str(cell))]


def cell_of(run):
    return Cell(run["text"], Settings(**run["settings"]))
