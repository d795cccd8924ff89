"""Every error of the tree says what happened and what to do next, and crosses to another process intact."""

import pickle
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from forecasting import errors
from forecasting.errors import FanchartError
from forecasting.types.bars import PriceTrouble, SymbolMatch
from tests.factories import price_history

NOON = datetime(2024, 7, 3, 12, 0, tzinfo=UTC)
WITH_FIELDS = (
    errors.UnknownSymbol("APPL", (SymbolMatch("AAPL", "Apple Inc."),)),
    errors.RateLimited("Yahoo", NOON),
    errors.SourceUnreachable("Yahoo", "no answer in 10 s", NOON),
    errors.SearchUnavailable("PFIZER", NOON, (SymbolMatch("PFE", "Pfizer Inc."),)),
    errors.TooLittleHistory("NEWCO", 100, 250),
    errors.StalePrices(price_history("FB", 3), 5, 6, PriceTrouble("Yahoo is limiting us.", NOON)),
    errors.NoLongerTraded(price_history("FB", 3), (SymbolMatch("META", "Meta Platforms, Inc."),)),
    errors.BadPriceFile("AAPL.csv", 14, "“13/25/2024” is no date.", "Write dates as 2024-07-03."),
    errors.JobNotOpen(12),
    errors.QueueFull(5, own=True),
    errors.NotYourJob(12),
    errors.NoModel("AAPL has no such model.", symbol="AAPL"),
)


def kinds(root: type[FanchartError] = FanchartError) -> Iterator[type[FanchartError]]:
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


def examples() -> Iterator[FanchartError]:
    yield from WITH_FIELDS
    special = {type(error) for error in WITH_FIELDS}
    for kind in kinds():
        if kind.__module__ == errors.__name__ and kind not in special:
            yield kind("It rained.", "Take an umbrella.")


@pytest.mark.parametrize("error", tuple(examples()), ids=lambda error: type(error).__name__)
def test_it_crosses_a_process_wall_intact(error: FanchartError) -> None:
    arrived = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, as a process pool would send them
    assert type(arrived) is type(error)
    assert vars(arrived) == vars(error)
    assert str(arrived) == str(error)
    assert arrived.args == error.args


@pytest.mark.parametrize("error", tuple(examples()), ids=lambda error: type(error).__name__)
def test_it_says_what_happened_and_what_to_do_next(error: FanchartError) -> None:
    assert error.what.endswith(".")
    assert error.next_step.endswith(".")
    assert str(error) == f"{error.what} {error.next_step}"


def test_the_tree_is_drawn_in_its_docstring() -> None:
    drawing = errors.__doc__ or ""
    missing = [kind.__name__ for kind in kinds() if kind.__module__ == errors.__name__ and kind.__name__ not in drawing]
    assert missing == []
