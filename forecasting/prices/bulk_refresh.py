"""Many symbols brought up to date within a budget of requests; what is left can be asked for later."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from forecasting.errors import FanchartError, RateLimited, SourceUnreachable
from forecasting.types.bars import PriceAnswer, PriceTrouble

TOLERATED: Final = 3
"""So many symbols in a row without an answer for now end a refresh: one alone is that symbol's trouble."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a bulk refresh did."""

    fresh: tuple[str, ...]  # as new as their source has them
    failed: tuple[str, ...]  # without a usable answer
    left: tuple[str, ...]  # still to be asked for
    trouble: PriceTrouble | None = None  # why it stopped before the budget did
    answered: int = 0  # of those that were asked for
    next_tries: Mapping[str, datetime] = field(default_factory=dict)  # of those left that had no answer for now, in UTC


def refresh(
    symbols: Iterable[str], latest: Callable[[str], PriceAnswer], is_new: Callable[[str], bool], budget: int
) -> Refreshed:
    """Ask for the symbols in their order, for at most `budget` of them, until the sources are limited or unreachable.

    `is_new` is true for symbols whose stored prices are new, which cost nothing.
    """
    done = _Refresh(symbols)
    while done.waiting and not done.is_stopped:
        symbol = done.waiting[0]
        if is_new(symbol):
            done.fresh.append(done.waiting.pop(0))
        elif budget > 0:
            budget -= 1
            done.ask(done.waiting.pop(0), latest)
        else:
            break
    return done.result


class _Refresh:
    """A bulk refresh as far as it has come."""

    def __init__(self, symbols: Iterable[str]) -> None:
        self.waiting = list(symbols)
        self.fresh: list[str] = []
        self._failed: list[str] = []
        self._refused: dict[str, datetime] = {}
        self._answered = 0
        self._trouble: PriceTrouble | None = None  # of the last symbols in a row
        self._in_a_row = 0

    @property
    def is_stopped(self) -> bool:
        """Whether it is the sources that do not answer."""
        return self._in_a_row >= TOLERATED

    @property
    def result(self) -> Refreshed:
        """What was done, and what is left."""
        left = (*self._refused, *self.waiting)
        trouble = self._trouble if self.is_stopped else None
        return Refreshed(tuple(self.fresh), tuple(self._failed), left, trouble, self._answered, self._refused)

    def ask(self, symbol: str, latest: Callable[[str], PriceAnswer]) -> None:
        """Ask for one symbol, and note what came of it."""
        try:
            trouble = latest(symbol).trouble
        except (RateLimited, SourceUnreachable) as error:
            trouble = PriceTrouble(error.what, error.retry_at)
        except FanchartError:
            self._failed.append(symbol)
            self._note(None)
            return
        if trouble is not None and trouble.retry_at is not None:
            self._refused[symbol] = trouble.retry_at
            self._note(trouble)
            return
        self.fresh.append(symbol)
        self._note(None)

    def _note(self, trouble: PriceTrouble | None) -> None:
        self._trouble = trouble
        self._in_a_row = self._in_a_row + 1 if trouble else 0
        self._answered += trouble is None
