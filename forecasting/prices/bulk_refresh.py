"""Many symbols brought up to date within a budget of requests; what is left can be asked for later."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from forecasting.errors import FanchartError, RateLimited, SourceUnreachable
from forecasting.types.bars import PriceAnswer, PriceTrouble


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a bulk refresh did."""

    fresh: tuple[str, ...]  # as new as their source has them
    failed: tuple[str, ...]  # without a usable answer
    left: tuple[str, ...]  # still to be asked for
    trouble: PriceTrouble | None = None  # why it stopped before the budget did


def refresh(
    symbols: Iterable[str], latest: Callable[[str], PriceAnswer], is_new: Callable[[str], bool], budget: int
) -> Refreshed:
    """Ask for the symbols in their order, for at most `budget` of them, until a source is rate-limited or unreachable.

    `is_new` is true for symbols whose stored prices are new, which cost nothing.
    """
    fresh: list[str] = []
    failed: list[str] = []
    waiting = list(symbols)
    while waiting:
        symbol = waiting[0]
        if not is_new(symbol):
            if budget <= 0:
                break
            budget -= 1
            try:
                trouble = latest(symbol).trouble
            except (RateLimited, SourceUnreachable) as error:
                trouble = PriceTrouble(error.what, error.retry_at)
            except FanchartError:
                failed.append(waiting.pop(0))
                continue
            if trouble is not None and trouble.retry_at is not None:
                return Refreshed(tuple(fresh), tuple(failed), tuple(waiting), trouble)
        fresh.append(waiting.pop(0))
    return Refreshed(tuple(fresh), tuple(failed), tuple(waiting))
