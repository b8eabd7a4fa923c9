"""The time that all may take."""
import math
import time


class Budget:
    def __init__(self, seconds=None):
        """None: as long as it takes."""
        self.end = math.inf if seconds is None else time.monotonic() + seconds

    def left(self):
        return self.end - time.monotonic()

    def over(self):
        return self.left() <= 0
