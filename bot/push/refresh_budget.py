"""Pure: how many symbols one round may ask the sources for, learnt from what they take."""

from typing import Final

FIRST: Final = 15
STEP: Final = 5
MIN_SYMBOLS: Final = 5
MAX_SYMBOLS: Final = 240
"""A round of so many takes about its minute."""


class RefreshBudget:
    """Doubles with each round that was taken in full until a source refuses, then grows in steps and halves again."""

    def __init__(self) -> None:
        self.symbols = FIRST
        self._was_refused = False

    def taken(self, asked: int) -> None:
        """So many were asked for in a round, and none was refused."""
        if asked >= self.symbols:  # a round that had less to ask for says nothing
            self.symbols = min(MAX_SYMBOLS, self.symbols + STEP if self._was_refused else 2 * self.symbols)

    def refused(self, taken: int) -> None:
        """A source refused after so many; a round that only found it paused still says nothing."""
        if taken:
            self._was_refused = True
            self.symbols = max(MIN_SYMBOLS, min(self.symbols, taken) // 2)
