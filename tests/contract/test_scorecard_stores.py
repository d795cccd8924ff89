"""What every `ScorecardStore` promises."""

from dataclasses import replace
from datetime import date, timedelta
from math import inf, nan

import pytest

from forecasting.memory_stores import MemoryScorecardStore
from forecasting.ports import ScorecardStore
from forecasting.types.scorecards import Comparison, ScorecardKey
from storage import Stores
from tests.factories import scorecard

KEY = ScorecardKey("AAPL", date(2024, 7, 3), "a" * 64, "b" * 64, "c" * 64, 1)
CARD = scorecard()


@pytest.fixture(params=("memory", "sqlite"))
def store(request: pytest.FixtureRequest, stores: Stores) -> ScorecardStore:
    return MemoryScorecardStore() if request.param == "memory" else stores.scorecards


def test_a_scorecard_comes_back_with_all_that_cannot_be_told(store: ScorecardStore) -> None:
    odd = replace(CARD.scores[0], hit_rate=nan, mase=inf)
    card = replace(CARD, scores=(odd, *CARD.scores[1:]), comparisons=(Comparison("gjr-garch-t", 5, "crps", 0.31, nan),))
    store.keep(KEY, card)
    assert repr(store.find(KEY)) == repr(card)


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, symbol="MSFT"),
        replace(KEY, origin=KEY.origin - timedelta(1)),
        replace(KEY, model="d" * 64),
        replace(KEY, prices="d" * 64),
        replace(KEY, context=""),
        replace(KEY, version=2),
    ],
)
def test_whatever_stands_on_something_else_is_another_scorecard(store: ScorecardStore, other: ScorecardKey) -> None:
    store.keep(KEY, CARD)
    assert store.find(other) is None
    changed = replace(CARD, last_origin=date(2024, 5, 1))
    store.keep(other, changed)
    assert store.find(KEY) == CARD
    assert store.find(other) == changed


def test_the_last_one_of_a_key_stands(store: ScorecardStore) -> None:
    store.keep(KEY, replace(CARD, last_origin=date(2024, 5, 1)))
    store.keep(KEY, CARD)
    assert store.find(KEY) == CARD


def test_a_stored_scorecard_that_cannot_be_read_is_none_and_is_replaced(stores: Stores) -> None:
    stores.scorecards.keep(KEY, CARD)
    stores.database.execute("update scorecards set scorecard = '{}'")  # say, of a version with other fields
    assert stores.scorecards.find(KEY) is None
    stores.scorecards.keep(KEY, CARD)
    assert stores.scorecards.find(KEY) == CARD


def test_a_newer_origin_takes_the_place_of_the_symbols_older_ones(store: ScorecardStore) -> None:
    other = replace(KEY, symbol="MSFT")
    store.keep(KEY, CARD)
    store.keep(other, CARD)
    store.keep(replace(KEY, origin=KEY.origin + timedelta(1)), CARD)
    assert store.find(KEY) is None
    assert store.find(other) == CARD
    assert store.find(replace(KEY, origin=KEY.origin + timedelta(1))) == CARD
