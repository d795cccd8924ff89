"""What is stored and what came since, in one: nothing is lost, and what the source says now is right."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.prices.merging import readjusted, supplemented, united
from forecasting.types.bars import Dividend, PriceHistory, Split
from tests.factories import price_history

COLUMNS = ("sessions", "open", "high", "low", "close", "volume")
WHOLE = price_history(sessions=600, source="yahoo")


def scaled(history: PriceHistory, factor: float, *, before: int = 600, volume: float = 1.0) -> PriceHistory:
    """The same with all earlier prices multiplied, and volumes likewise."""
    earlier = np.arange(len(history)) < before
    prices = {name: getattr(history, name) * np.where(earlier, factor, 1.0) for name in COLUMNS[1:5]}
    return replace(history, **prices, volume=history.volume * np.where(earlier, volume, 1.0))


def without(history: PriceHistory, *rows: int) -> PriceHistory:
    return history.take(np.delete(np.arange(len(history)), rows))


def assert_alike(one: PriceHistory | None, other: PriceHistory) -> None:
    assert one is not None
    for name in COLUMNS[1:]:
        assert np.allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=0), name
    assert np.array_equal(one.sessions, other.sessions)


def test_newer_sessions_are_added_and_all_else_is_the_answers() -> None:
    newest = replace(WHOLE, name="New name", notes=("a note",))
    merged = united(replace(WHOLE.take(slice(0, -3)), notes=("an old note",)), newest)
    assert_alike(merged, WHOLE)
    assert merged is not None
    assert (merged.name, merged.notes) == ("New name", ("a note",))


@pytest.mark.parametrize("rows", [(0,), (299, 300, 301), (599,), (0, 5, 100, 598)])
def test_what_the_answer_lacks_stays_and_what_it_has_again_comes_back(rows: tuple[int, ...]) -> None:
    assert_alike(united(WHOLE, without(WHOLE, *rows)), WHOLE)
    assert_alike(united(without(WHOLE, *rows), WHOLE), WHOLE)


@pytest.mark.parametrize("rows", [(0,), (100,), (588, 589), (595, 599)])
def test_a_late_split_rescales_what_the_answer_lacks(rows: tuple[int, ...]) -> None:
    """Posted nine sessions late: what came before row 590 is of the new adjustment, what came after never changed."""
    true = scaled(WHOLE, 0.25, before=590, volume=4.0)
    assert_alike(united(WHOLE, without(true, *rows)), true)
    assert readjusted(WHOLE, true)


@pytest.mark.parametrize("rows", [(589,), (590,), (589, 590), (590, 591, 592), tuple(range(590, 600))])
def test_what_the_answer_lacks_beside_a_late_split_is_of_its_side(rows: tuple[int, ...]) -> None:
    true = replace(scaled(WHOLE, 0.25, before=590), splits=(Split(WHOLE.sessions[590].item(), 4.0),))
    assert_alike(united(WHOLE, without(true, *rows)), true)


def test_a_factor_that_no_split_or_dividend_explains_is_noted() -> None:
    rescaled, split = scaled(WHOLE, 0.25, before=590), Split(WHOLE.sessions[590].item(), 4.0)
    merged = united(WHOLE, rescaled)
    assert merged is not None
    assert merged.notes == ("earlier prices rescaled without a split or dividend",)
    for stored, newest in ((WHOLE, replace(rescaled, splits=(split,))), (merged, rescaled)):
        explained = united(stored, newest)
        assert explained is not None
        assert explained.notes == ()


def test_notes_on_what_an_answer_dropped_go_where_it_is_stored() -> None:
    days = sessions_between("XNYS", date(2022, 2, 1), date(2024, 7, 3))[-600:]
    whole = replace(WHOLE, sessions=days)
    noted = replace(
        without(whole, 590), notes=("dropped 1 incomplete bar", "1 session missing in the last year", "one")
    )
    for stored, notes in ((whole, ("one",)), (without(whole, 590), noted.notes), (whole.take(slice(-5)), ("one",))):
        merged = united(stored, noted)
        assert merged is not None
        assert merged.notes == notes
    merged = united(without(whole, 595), without(noted, 594))
    assert merged is not None
    assert merged.notes == ("one", "1 session missing in the last year")


def test_splits_and_dividends_are_the_answers_and_those_before_it() -> None:
    old, wrong, paid = (Dividend(WHOLE.sessions[row].item(), 1.0) for row in (10, 450, 500))
    merged = united(replace(WHOLE, dividends=(old, wrong)), replace(WHOLE.take(slice(300, None)), dividends=(paid,)))
    assert merged is not None
    assert merged.dividends == (old, paid)


def test_every_column_that_was_revised_is_the_answers() -> None:
    newest = replace(WHOLE, volume=WHOLE.volume + np.arange(600), high=WHOLE.high * 1.01, low=WHOLE.low * 0.99)
    assert_alike(united(WHOLE, newest), newest)


def test_an_answer_without_volumes_does_not_kill_those_that_are_stored() -> None:
    silent = replace(WHOLE, volume=np.zeros(600))
    assert_alike(united(WHOLE.take(slice(0, -1)), silent), replace(WHOLE, volume=np.append(WHOLE.volume[:-1], 0)))
    half = replace(WHOLE, volume=np.where(np.arange(600) < 300, 4 * WHOLE.volume, 0))
    assert_alike(united(WHOLE, half), replace(WHOLE, volume=4 * WHOLE.volume))


def test_a_split_in_an_answer_without_volumes_multiplies_those_that_are_stored() -> None:
    true = replace(scaled(WHOLE, 0.25, before=590, volume=4.0), splits=(Split(WHOLE.sessions[590].item(), 4.0),))
    assert_alike(united(WHOLE, replace(true, volume=np.zeros(600))), true)


def test_a_wrong_print_rescales_nothing_beside_it() -> None:
    wrong = replace(WHOLE, close=np.where(np.arange(600) == 400, 10.0, 1.0) * WHOLE.close)
    assert_alike(united(wrong, without(WHOLE, 401)), WHOLE)
    assert readjusted(wrong, WHOLE)


def test_an_answer_of_the_newest_year_adds_to_a_long_history() -> None:
    assert_alike(united(WHOLE.take(slice(0, -1)), scaled(WHOLE, 0.5).take(slice(-260, None))), scaled(WHOLE, 0.5))


def test_another_listing_under_the_same_symbol_takes_the_place_of_the_one_that_ended() -> None:
    other = price_history(sessions=300, seed=9, last=date(2030, 1, 4), source="yahoo")
    assert united(WHOLE, other) is other
    assert united(other, WHOLE) is None
    assert readjusted(WHOLE, other)


@pytest.mark.parametrize("seed", range(5))
def test_another_company_whose_prices_agree_by_chance_on_some_days_takes_nothing_of_the_one_before(seed: int) -> None:
    other = replace(price_history(sessions=400, seed=seed, last=date(2024, 7, 4)), source="yahoo")
    assert united(WHOLE, other) is other


@pytest.mark.parametrize(
    ("change", "expected"), [(1.0, False), (1 + 5e-6, False), (0.9995, True), (0.5, True)], ids=str
)
def test_a_common_factor_is_a_readjustment_however_small(change: float, *, expected: bool) -> None:
    assert readjusted(WHOLE, scaled(WHOLE, change, before=500)) is expected


@pytest.mark.parametrize(("change", "expected"), [(1.0005, False), (1.15, True)], ids=str)
def test_one_close_counts_where_it_moved_by_more_than_a_thousandth(change: float, *, expected: bool) -> None:
    revised = replace(WHOLE, close=np.where(np.arange(600) == 300, change, 1.0) * WHOLE.close)
    assert readjusted(WHOLE, revised) is expected


def test_another_source_adds_newer_sessions_where_both_agree_and_touches_nothing_else() -> None:
    stored = WHOLE.take(slice(0, -2))
    other = replace(scaled(WHOLE, 1.0005), source="tiingo", name="Other", notes=("its own",))
    merged = supplemented(stored, other)
    assert merged is not None
    assert np.array_equal(merged.close, np.append(stored.close, other.close[-2:]))
    assert (merged.source, merged.name, merged.notes) == ("yahoo", "AAPL Inc.", ("newest prices from tiingo",))


@pytest.mark.parametrize(
    "other",
    [scaled(WHOLE, 1.002), scaled(WHOLE, 1.002, before=590), WHOLE.take(slice(0, -2)), WHOLE.take(slice(-2, None))],
)
def test_another_source_adds_nothing_where_it_disagrees_or_has_nothing(other: PriceHistory) -> None:
    assert supplemented(WHOLE.take(slice(0, -2)), replace(other, source="tiingo")) is None
