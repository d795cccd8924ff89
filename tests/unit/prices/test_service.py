"""Stored prices first, made one with what the sources send, and never worse for it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from forecasting.errors import (
    BadPrices,
    FanchartError,
    InputError,
    PriceError,
    RateLimited,
    SearchUnavailable,
    SourceUnreachable,
    TooLittleHistory,
    UnknownSymbol,
)
from forecasting.memory_stores import MemoryPriceStore
from forecasting.prices.changes import PriceChanges
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.prices.service import PriceService
from forecasting.types.bars import PriceHistory, SymbolMatch
from tests.factories import NOW, price_history, with_closes
from tests.fakes import ManualClock
from tests.unit.prices.scripted_source import ScriptedSource
from tests.waiting import PATIENCE_S

TUESDAY = datetime(2024, 7, 2, 21, 30, tzinfo=UTC)
EVERYTHING = sessions_between("XNYS", date(2020, 1, 1), date(2024, 7, 3))


def history(symbol: str = "AAPL", *, cut: int = 0, scale: float = 1.0, source: str = "yahoo") -> PriceHistory:
    """Prices to 3 July 2024 on New York's sessions, without the last `cut` ones, scaled."""
    made = price_history(symbol, len(EVERYTHING), source=source)
    prices = {name: getattr(made, name) * scale for name in ("open", "high", "low", "close")}
    return replace(made, sessions=EVERYTHING, **prices).take(slice(0, len(EVERYTHING) - cut))


class Stage:
    """The service with one scripted source, a memory store and a clock in the test's hands."""

    def __init__(
        self, *histories: PriceHistory, now: datetime = NOW, name: str = "yahoo", patience_s: float = PATIENCE_S
    ) -> None:
        self.clock = ManualClock(now)
        self.source = ScriptedSource(*histories, name=name, clock=self.clock)
        self.store = MemoryPriceStore()
        self.readjusted: list[str] = []
        self.service = PriceService([self.source], self.store, self.clock, self.readjusted.append, patience_s)


def test_the_first_question_fetches_the_next_does_not() -> None:
    stage = Stage(history())
    first = stage.service.latest("aapl")
    assert first.trouble is None
    assert np.array_equal(first.history.close, history().close)
    stage.clock.advance(timedelta(hours=40))  # through the holiday, to the next session's middle
    assert stage.service.latest("$AAPL").history.last_session == date(2024, 7, 3)
    assert stage.source.asked == ["AAPL"]
    assert stage.store.symbols() == ("AAPL",)


def test_the_whole_history_comes_again_with_what_is_missing_and_with_its_notes() -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = replace(history(), notes=("dropped 1 zero price",))
    stage.clock.now = NOW
    answer = stage.service.latest("AAPL")
    assert stage.source.asked == ["AAPL", "AAPL"]
    assert np.array_equal(answer.history.close, history().close)
    assert answer.history.notes == ("dropped 1 zero price",)
    assert stage.readjusted == []


def test_fresh_prices_are_told_without_reading_them_as_long_as_there_is_nothing_to_say_about_them() -> None:
    stage = Stage(history())
    assert stage.service.fresh("AAPL") is None
    stage.service.latest("AAPL")
    stored = stage.service.fresh("$aapl")
    assert stored is not None
    assert (stored.symbol, stored.last_session) == ("AAPL", date(2024, 7, 3))
    stage.clock.advance(timedelta(days=2))  # the next session has closed
    assert stage.service.fresh("AAPL") is None


def test_old_prices_of_a_source_that_has_no_newer_ones_are_not_fresh_though_they_are_new() -> None:
    stage = Stage(history(cut=7), now=TUESDAY)
    assert stage.service.latest("AAPL").trouble is not None
    assert stage.service.fresh("AAPL") is None


class CountingStore(MemoryPriceStore):
    """A store that counts how often a history is read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def load(self, symbol: str) -> PriceHistory | None:
        self.read.append(symbol)
        return super().load(symbol)


def test_what_was_just_written_is_not_read_back() -> None:
    source, store, clock = ScriptedSource(history(cut=1)), CountingStore(), ManualClock(TUESDAY)
    service = PriceService([source], store, clock)
    service.latest("AAPL")
    source.histories["AAPL"] = history()
    clock.now = NOW
    answer = service.latest("AAPL")
    assert store.read == ["AAPL", "AAPL"]  # once a question
    kept = store.load("AAPL")
    assert kept is not None
    assert np.array_equal(answer.history.close, kept.close)
    assert (answer.history.notes, answer.history.fetched_at) == (kept.notes, kept.fetched_at)


def test_a_split_since_is_one_request_and_models_are_told() -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history(scale=0.5)
    stage.clock.now = NOW
    answer = stage.service.latest("AAPL")
    assert len(stage.source.asked) == 2
    assert np.array_equal(answer.history.close, history(scale=0.5).close)
    assert stage.readjusted == ["AAPL"]
    stored = stage.store.newest("AAPL")
    assert stored is not None
    assert stored.revision == answer.history.revision == 1


@pytest.mark.parametrize("noise", [1e-7, 5e-6])
def test_noise_of_float32_is_no_split(noise: float) -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history(scale=1 + noise)
    stage.clock.now = NOW
    answer = stage.service.latest("AAPL").history
    assert np.array_equal(answer.close, history(scale=1 + noise).close)
    assert (answer.revision, answer.notes, stage.readjusted) == (0, (), [])


def test_an_answer_of_a_few_sessions_leaves_what_is_stored() -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.source.error = TooLittleHistory("AAPL", 21, 250)
    stage.clock.now = NOW
    answer = stage.service.latest("AAPL")
    assert len(answer.history) == len(EVERYTHING) - 1
    assert answer.trouble is not None
    assert answer.trouble.sentence == f"The price source yahoo sent 21 of {len(EVERYTHING) - 1} sessions of AAPL."


def test_a_source_without_a_newer_session_is_not_asked_again_and_again() -> None:
    stage = Stage(history(cut=1))
    for _ in range(5):
        assert stage.service.latest("AAPL").history.last_session == date(2024, 7, 2)
    assert len(stage.source.asked) == 1
    stage.clock.advance(timedelta(minutes=16))
    stage.source.histories["AAPL"] = history()
    assert stage.service.latest("AAPL").history.last_session == date(2024, 7, 3)


def test_a_question_before_the_last_price_had_settled_does_not_delay_the_next() -> None:
    close = datetime(2024, 7, 3, 17, tzinfo=UTC)
    stage = Stage(history(cut=1), now=close + timedelta(minutes=25))
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history()
    stage.clock.now = close + timedelta(minutes=29)
    assert stage.service.latest("AAPL").history.last_session == date(2024, 7, 2)
    stage.clock.now = close + timedelta(minutes=30)
    assert stage.service.latest("AAPL").history.last_session == date(2024, 7, 3)


@pytest.mark.parametrize(
    "error",
    [RateLimited("Yahoo", NOW), SourceUnreachable("Yahoo", "no answer in time"), BadPrices("No.", "Later."),
     UnknownSymbol("AAPL"), TooLittleHistory("AAPL", 3, 250)],
)  # fmt: skip
def test_stored_prices_answer_with_the_trouble(error: FanchartError) -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.source.error = error
    stage.clock.now = NOW
    answer = stage.service.latest("AAPL")
    assert answer.history.last_session == date(2024, 7, 2)
    assert answer.trouble is not None
    assert answer.trouble.sentence
    assert (answer.trouble.retry_at is not None) == isinstance(error, RateLimited | SourceUnreachable)
    assert answer.trouble.cause == ("unknown" if isinstance(error, UnknownSymbol) else "")


@pytest.mark.parametrize("error", [RateLimited("Yahoo", NOW), SourceUnreachable("Yahoo", "no answer in time")])
def test_without_stored_prices_the_trouble_is_an_error_that_names_the_next_try(error: FanchartError) -> None:
    stage = Stage()
    stage.source.error = error
    with pytest.raises(type(error)) as refusal:
        stage.service.latest("AAPL")
    assert getattr(refusal.value, "retry_at", NOW) > NOW


def test_what_a_source_could_not_answer_is_not_asked_again_for_a_while() -> None:
    stage = Stage()
    stage.source.names = (SymbolMatch("AAPL", "Apple Inc."),)
    for _ in range(9):
        with pytest.raises(UnknownSymbol) as refusal:
            stage.service.latest("apple")
        assert refusal.value.matches == stage.source.names
    assert (len(stage.source.asked), len(stage.source.searched)) == (1, 1)
    stage.clock.advance(timedelta(minutes=1))
    with pytest.raises(UnknownSymbol):
        stage.service.latest("apple")
    stage.clock.advance(timedelta(minutes=1))
    with pytest.raises(UnknownSymbol):
        stage.service.latest("apple")
    assert len(stage.source.asked) == 2, "a repeated refusal is remembered longer"
    assert len(stage.source.searched) == 1, "the second search needs no network"


@pytest.mark.parametrize(("name", "asked"), [("yahoo", 1), ("csv", 2)])
def test_a_file_that_is_too_short_may_grow_at_any_moment(name: str, asked: int) -> None:
    stage = Stage(name=name)
    stage.source.error = TooLittleHistory("AAPL", 3, 250)
    for _ in range(2):
        with pytest.raises(TooLittleHistory):
            stage.service.latest("AAPL")
    assert len(stage.source.asked) == asked


def test_a_search_is_asked_once_and_names_that_only_resemble_it_do_not_stand_in_its_way() -> None:
    stage = Stage()
    apple, reit = SymbolMatch("AAPL", "Apple Inc."), SymbolMatch("APLE", "Apple Hospitality REIT")
    stage.store.remember([reit], "apple hospitality")
    stage.source.names = (apple, reit)
    assert stage.service.search("apple") == (apple, reit)
    assert stage.service.search("Apple") == (apple, reit)
    assert stage.source.searched == ["apple"]
    stage.source.names = ()
    found = stage.service.search("appl")
    assert found[0] == apple, "similar names, where the sources find nothing"
    assert reit in found


class WithoutSearch(ScriptedSource):
    """Its charts are well, and its search is limited while there is a limit."""

    limit: RateLimited | None = RateLimited("Yahoo", NOW)

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        self.searched.append(text)
        if self.limit:
            raise self.limit
        return self.names


def test_a_limited_search_is_no_verdict_on_the_symbol_and_harms_no_chart() -> None:
    clock, source = ManualClock(), WithoutSearch(history())
    service = PriceService([source], MemoryPriceStore(), clock)
    for _ in range(3):
        with pytest.raises(SearchUnavailable) as refusal:
            service.latest("pfizer")
        assert service.latest("AAPL").trouble is None
    assert source.searched == ["PFIZER"]
    assert service.status()[0].failures == 0
    source.limit = None
    source.names = (SymbolMatch("PFE", "Pfizer Inc."),)
    assert refusal.value.retry_at is not None
    clock.now = refusal.value.retry_at
    with pytest.raises(UnknownSymbol) as unknown:
        service.latest("pfizer")
    assert unknown.value.matches == source.names


def test_a_search_that_cannot_be_made_carries_similar_names() -> None:
    stage = Stage()
    apple = SymbolMatch("AAPL", "Apple Inc.")
    stage.store.remember([apple], "apple inc")
    stage.source.error = SourceUnreachable("Yahoo", "no answer in time")
    with pytest.raises(SearchUnavailable) as refusal:
        stage.service.search("appl")
    assert refusal.value.matches[0] == apple


def test_a_stored_symbol_that_is_gone_is_not_searched_for() -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.clock.now = NOW
    del stage.source.histories["AAPL"]
    trouble = stage.service.latest("AAPL").trouble
    assert trouble is not None
    assert trouble.cause == "unknown"
    assert stage.source.searched == []


def test_text_that_is_no_symbol_asks_nobody() -> None:
    stage = Stage()
    with pytest.raises(InputError):
        stage.service.latest("<b>")
    assert stage.source.asked == []


def test_old_prices_answer_and_are_called_old() -> None:
    stage = Stage(history(cut=30))
    trouble = stage.service.latest("AAPL").trouble
    assert trouble is not None
    assert trouble.sentence == "The newest price of AAPL is of 20 May 2024."
    assert trouble.cause == "old"
    assert Stage(history(cut=5)).service.latest("AAPL").trouble is None


def test_files_do_not_grow_old() -> None:
    answer = Stage(history(cut=700, source="csv"), name="csv").service.latest("AAPL")
    assert answer.trouble is None


def test_a_file_that_was_replaced_is_read_anew() -> None:
    stage = Stage(history(cut=300, source="csv"), name="csv")
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history(cut=200, scale=2, source="csv")
    stage.clock.advance(timedelta(minutes=16))
    assert np.array_equal(stage.service.latest("AAPL").history.close, history(cut=200, scale=2).close)
    assert stage.readjusted == ["AAPL"]


def test_the_chain_goes_on_and_the_answer_names_its_source() -> None:
    first, second = ScriptedSource(name="yahoo"), ScriptedSource(history(source="tiingo"), name="tiingo")
    first.error = RateLimited("Yahoo", NOW)
    service = PriceService([first, second], MemoryPriceStore(), ManualClock())
    answer = service.latest("AAPL")
    assert (answer.history.source, answer.trouble) == ("tiingo", None)
    assert [status.failures for status in service.status()] == [1, 0]
    with pytest.raises(RateLimited):  # more than not knowing: the first source might
        service.latest("MSFT")


def test_another_sources_prices_replace_and_are_a_readjustment_only_where_they_differ() -> None:
    for scale, readjusted in ((1.0005, []), (0.98, ["AAPL"])):
        told: list[str] = []
        store = MemoryPriceStore()
        store.save(replace(history(cut=1, source="tiingo"), fetched_at=TUESDAY))
        sources = [ScriptedSource(history(scale=scale)), ScriptedSource(name="tiingo")]
        answer = PriceService(sources, store, ManualClock(), told.append).latest("AAPL")
        assert answer.history.source == "yahoo"
        assert told == readjusted


@pytest.mark.parametrize("second", [history(cut=400, source="csv"), history(source="simulated")])
def test_a_second_source_never_replaces_newer_or_real_prices(second: PriceHistory) -> None:
    clock, store = ManualClock(), MemoryPriceStore()
    store.save(replace(history(cut=1), fetched_at=TUESDAY))
    first = ScriptedSource(clock=clock)
    first.error = RateLimited("Yahoo", NOW)
    readjusted: list[str] = []
    service = PriceService(
        [first, ScriptedSource(second, name=second.source, clock=clock)], store, clock, readjusted.append
    )
    answer = service.latest("AAPL")
    assert np.array_equal(answer.history.close, history(cut=1).close)
    assert answer.trouble is not None
    assert answer.trouble.sentence == "Yahoo is limiting us."
    assert readjusted == []
    first.error = None
    first.histories["AAPL"] = history()
    clock.advance(timedelta(minutes=5))
    assert service.latest("AAPL").history.last_session == date(2024, 7, 3)


@pytest.mark.parametrize("real", [history(), history().take(slice(-300, None))])
def test_real_prices_replace_simulated_ones_as_soon_as_there_are_any(real: PriceHistory) -> None:
    store = MemoryPriceStore()
    store.save(replace(history(cut=1, source="simulated", scale=3), fetched_at=TUESDAY))
    sources = [ScriptedSource(real), ScriptedSource(name="simulated")]
    assert PriceService(sources, store, ManualClock()).latest("AAPL").history.source == "yahoo"


def test_prices_of_a_source_that_is_no_longer_asked_are_not_used_and_neither_are_forecasts_on_them() -> None:
    stage = Stage()
    stage.store.save(replace(history(source="simulated"), revision=4))
    with pytest.raises(UnknownSymbol):
        stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history()
    stage.clock.advance(timedelta(minutes=11))
    assert stage.service.latest("AAPL").history.revision == 5


def test_fifty_threads_cause_one_request() -> None:
    stage = Stage(history())
    stage.source.released.clear()
    with ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(stage.service.latest, "AAPL") for _ in range(50)]
        assert stage.source.entered.wait(PATIENCE_S)
        stage.source.released.set()
        assert all(answer.result(PATIENCE_S).history.last_session == date(2024, 7, 3) for answer in answers)
    assert len(stage.source.asked) == 1


def test_while_one_symbol_hangs_it_is_answered_from_the_store_and_a_new_one_without_it() -> None:
    stage = Stage(history(cut=1), history("MSFT"), now=TUESDAY, patience_s=0)
    assert stage.service.renewed("AAPL").trouble is None
    stage.clock.now = NOW
    stage.source.histories["AAPL"] = history()
    stage.source.hanging = frozenset({"AAPL"})
    stage.source.released.clear()
    for _ in range(3):
        answer = stage.service.latest("AAPL")
        assert answer.history.last_session == date(2024, 7, 2)
        assert answer.trouble is not None
        assert answer.trouble.cause == "renewing"
    assert stage.service.latest("MSFT").trouble is None
    stage.source.released.set()
    assert stage.service.renewed("AAPL").history.last_session == date(2024, 7, 3)
    assert stage.service.latest("AAPL").trouble is None
    assert stage.source.asked.count("AAPL") == 2, "the renewal went on, once for all who asked"


def test_a_renewal_that_fails_behind_an_answer_is_told_to_the_next_who_asks() -> None:
    stage = Stage(history(cut=1), now=TUESDAY, patience_s=0)
    stage.service.renewed("AAPL")
    stage.clock.now = NOW
    stage.source.released.clear()
    assert stage.service.latest("AAPL").trouble is not None
    stage.source.error = RateLimited("Yahoo", NOW)
    stage.source.released.set()
    trouble = stage.service.renewed("AAPL").trouble
    assert trouble is not None
    assert (trouble.sentence, trouble.cause) == ("Yahoo is limiting us.", "")


def test_twenty_who_ask_after_a_pause_are_all_answered() -> None:
    symbols = [f"S{number}" for number in range(20)]
    stage = Stage(*(history(symbol) for symbol in symbols))
    stage.source.error = RateLimited("Yahoo", NOW)
    with pytest.raises(RateLimited):
        stage.service.latest("S0")
    stage.clock.advance(timedelta(minutes=5))
    stage.source.error = None
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(stage.service.latest, symbols))
    assert [answer.trouble for answer in answers] == [None] * 20
    assert len(stage.source.asked) == 21


def test_a_bulk_refresh_is_resumed_after_the_limit() -> None:
    symbols = [f"S{number}" for number in range(30)]
    stage = Stage(*(history(symbol) for symbol in symbols))
    first = stage.service.refresh_all(symbols, 20)
    assert (len(first.fresh), len(first.left), len(stage.source.asked)) == (20, 10, 20)
    stage.source.error = RateLimited("Yahoo", NOW)
    limited = stage.service.refresh_all(first.left, 20)
    assert (limited.fresh, limited.left, len(stage.source.asked)) == ((), first.left, 21)
    assert limited.trouble is not None
    assert limited.trouble.retry_at is not None
    stage.clock.now = limited.trouble.retry_at
    stage.source.error = None
    assert stage.service.refresh_all(symbols, 10).left == ()
    assert len(stage.source.asked) == 31


@pytest.mark.parametrize(
    ("second", "close"),
    [(history(), 1.0), (with_closes(history(), {-1: 10}), 10.0), (RateLimited("Yahoo", NOW), 10.0)],
)
def test_a_newest_close_that_looks_wrong_is_asked_for_once_more(
    second: PriceHistory | FanchartError, close: float
) -> None:
    stage = Stage(with_closes(history(), {-1: 10}))
    stage.source.second = second
    answer = stage.service.latest("AAPL")
    assert answer.history.close[-1] == pytest.approx(close * history().close[-1])
    assert answer.trouble is None
    assert stage.source.asked == ["AAPL", "AAPL"]
    stage.service.latest("AAPL")
    assert stage.source.asked == ["AAPL", "AAPL"]


def test_a_history_is_fetched_anew_in_the_place_of_what_is_stored_however_new_it_is() -> None:
    stage = Stage(history())
    stage.service.latest("AAPL")
    gone, revised = EVERYTHING[7], replace(history(), volume=history().volume + (np.arange(len(EVERYTHING)) == 9))
    stage.source.histories["AAPL"] = revised.take(np.delete(np.arange(len(EVERYTHING)), 7))
    found = stage.service.refetch("$aapl")
    assert found.changes == PriceChanges(0, 1, 1, gone.item())
    assert gone not in stage.service.latest("AAPL").history.sessions
    assert len(stage.source.asked) == 2
    assert stage.readjusted == []
    assert stage.service.refetch("AAPL").changes.first is None


def test_what_cannot_be_fetched_anew_stays_and_the_reason_is_an_error_though_prices_are_stored() -> None:
    stage = Stage(history())
    stage.service.latest("AAPL")
    stage.source.error = RateLimited("Yahoo", NOW)
    with pytest.raises(RateLimited):
        stage.service.refetch("AAPL")
    assert len(stage.service.latest("AAPL").history) == len(EVERYTHING)
    stage.source.error = None
    stage.clock.advance(timedelta(minutes=5))
    with pytest.raises(UnknownSymbol):
        stage.service.refetch("NOSUCH")


def test_another_source_is_no_better_while_the_first_cannot_answer_but_is_where_it_knows_the_symbol_no_longer() -> None:
    first, second = ScriptedSource(history()), ScriptedSource(history(scale=0.5, source="tiingo"), name="tiingo")
    made_up = ScriptedSource(history(source="simulated"), name="simulated")
    clock = ManualClock()
    service = PriceService([first, made_up, second], MemoryPriceStore(), clock)
    service.latest("AAPL")
    first.error = SourceUnreachable("Yahoo", "no answer in time")
    with pytest.raises(SourceUnreachable):
        service.refetch("AAPL")
    assert second.asked == []
    first.error = UnknownSymbol("AAPL")
    clock.advance(timedelta(minutes=5))
    assert service.refetch("AAPL").history.source == "tiingo"
    assert made_up.asked == []


def test_who_asks_while_a_history_is_fetched_anew_is_answered_by_the_same_request() -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history()
    stage.clock.now = NOW
    stage.source.entered.clear()
    stage.source.released.clear()
    with ThreadPoolExecutor(2) as pool:
        anew = pool.submit(stage.service.refetch, "AAPL")
        assert stage.source.entered.wait(PATIENCE_S)
        asked = pool.submit(stage.service.latest, "AAPL")
        stage.source.released.set()
        assert anew.result(PATIENCE_S).changes == PriceChanges(1, 0, 0, date(2024, 7, 3))
        assert asked.result(PATIENCE_S).history.last_session == date(2024, 7, 3)
    assert len(stage.source.asked) == 2


def test_prices_that_were_fetched_while_the_clock_was_ahead_are_renewed_once_it_is_right() -> None:
    stage = Stage(history(cut=1), now=NOW + timedelta(days=365))
    stage.service.latest("AAPL")
    stage.source.histories["AAPL"] = history()
    stage.clock.now = NOW
    assert stage.service.latest("AAPL").history.last_session == date(2024, 7, 3)


def test_a_service_that_was_closed_answers_from_the_store_and_begins_nothing() -> None:
    stage = Stage(history(cut=1), now=TUESDAY)
    stage.service.latest("AAPL")
    stage.clock.now = NOW
    stage.service.close()
    assert stage.service.latest("AAPL").history.last_session == date(2024, 7, 2)
    with pytest.raises(PriceError):
        stage.service.latest("MSFT")
    assert stage.source.asked == ["AAPL"]
