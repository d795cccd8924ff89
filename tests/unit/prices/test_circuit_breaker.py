"""The circuit breaker: few requests at a time, none after a rate limit, and a pause for what hangs alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Semaphore

import pytest

from forecasting.errors import BadPrices, FanchartError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.prices.requests.circuit import Circuit
from forecasting.prices.requests.circuit_breaker import AT_A_TIME, TOLERATED, CircuitBreaker
from forecasting.prices.requests.pauses import AFTER_UNREACHABLE, MAX_PAUSE, MAX_RETRY_AFTER
from tests.factories import NOW, price_history
from tests.fakes import ManualClock
from tests.unit.prices.scripted_source import ScriptedSource
from tests.waiting import PATIENCE_S

MINUTE = timedelta(minutes=1)
LIMITED = RateLimited("Yahoo", NOW)
SILENT = SourceUnreachable("Yahoo", "no answer in time")
SYMBOLS = [f"S{number}" for number in range(20)]


def broken_circuit(error: FanchartError | None = None) -> tuple[ScriptedSource, ManualClock, CircuitBreaker]:
    source, clock = ScriptedSource(price_history(), *map(price_history, SYMBOLS)), ManualClock()
    source.error = error
    return source, clock, CircuitBreaker(source, clock)


def error_of(breaker: CircuitBreaker, symbol: str = "AAPL") -> FanchartError:
    with pytest.raises(FanchartError) as raised:
        breaker.history(symbol)
    return raised.value


def retry_at_of(breaker: CircuitBreaker, symbol: str = "AAPL") -> timedelta:
    error = error_of(breaker, symbol)
    assert isinstance(error, RateLimited | SourceUnreachable)
    assert error.retry_at is not None
    return error.retry_at - NOW


def test_after_a_rate_limit_nothing_is_asked_until_the_time_that_it_names() -> None:
    source, clock, breaker = broken_circuit(LIMITED)
    first = retry_at_of(breaker)
    assert MINUTE <= first <= 2 * MINUTE
    for symbol in SYMBOLS:
        assert retry_at_of(breaker, symbol) == first
    assert len(source.asked) == 1
    clock.advance(first)
    source.error = None
    assert breaker.history("AAPL").symbol == "AAPL"
    assert breaker.status().failures == 0
    assert breaker.status().next_try is None
    assert breaker.status().last_success == clock.now


def test_what_hangs_is_paused_by_itself_and_the_others_are_asked() -> None:
    source, clock, breaker = broken_circuit(SILENT)
    first = retry_at_of(breaker)
    assert AFTER_UNREACHABLE <= first <= 2 * AFTER_UNREACHABLE
    assert retry_at_of(breaker) == first
    assert len(source.asked) == 1
    source.error = None
    assert breaker.history("S1").symbol == "S1"
    assert breaker.status().next_try is None
    source.error = SILENT
    clock.advance(first)
    assert retry_at_of(breaker) - first >= 2 * AFTER_UNREACHABLE, "the symbol's second pause is longer"
    source.error = None
    clock.advance(MINUTE)
    assert breaker.history("AAPL").symbol == "AAPL"
    source.error = SILENT
    assert retry_at_of(breaker) - (clock.now - NOW) <= 2 * AFTER_UNREACHABLE, "an answer begins it anew"


def test_different_symbols_that_fail_in_a_row_are_the_sources_trouble() -> None:
    source, clock, breaker = broken_circuit(SILENT)
    for symbol in SYMBOLS:
        error_of(breaker, symbol)
    assert len(source.asked) == TOLERATED
    assert breaker.status().failures == 1
    clock.advance(2 * AFTER_UNREACHABLE)
    error_of(breaker, "S9")
    error_of(breaker, "S10")
    assert len(source.asked) == TOLERATED + 1, "a probe that fails is enough"
    assert breaker.status().failures == 2


def test_an_answer_between_failures_begins_the_row_anew() -> None:
    source, _, breaker = broken_circuit()
    for symbol in SYMBOLS[:10]:
        source.error = SILENT
        error_of(breaker, symbol)
        source.error = None
        breaker.history("AAPL")
    assert len(source.asked) == 20


def test_a_refusal_that_names_the_next_try_is_the_sources_at_once() -> None:
    source, _, breaker = broken_circuit(SourceUnreachable("Yahoo", "status 503", NOW + 4 * MINUTE))
    assert retry_at_of(breaker) == 4 * MINUTE
    assert retry_at_of(breaker, "S1") == 4 * MINUTE
    assert len(source.asked) == 1


def test_pauses_double_to_half_an_hour_and_never_pass_it() -> None:
    source, clock, breaker = broken_circuit(LIMITED)
    pauses = []
    for _ in range(9):
        error_of(breaker)
        until = breaker.status().next_try
        assert until is not None
        pauses.append(until - clock.now)
        clock.now = until
    for number, pause in enumerate(pauses):
        assert min(2**number * MINUTE, MAX_PAUSE) <= pause <= min(2**number * MINUTE + MINUTE / 2, MAX_PAUSE)
    assert len(source.asked) == 9
    assert breaker.status().failures == 9
    assert "limiting" in breaker.status().reason


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        (timedelta(minutes=20), timedelta(minutes=20), timedelta(minutes=20)),
        (timedelta(days=365), MAX_RETRY_AFTER, MAX_RETRY_AFTER),
        (timedelta(days=-1), MINUTE, 2 * MINUTE),
    ],
)
def test_retry_after_is_obeyed_within_reason(asked: timedelta, least: timedelta, most: timedelta) -> None:
    _, _, breaker = broken_circuit(RateLimited("Yahoo", NOW + asked))
    error_of(breaker)
    until = breaker.status().next_try
    assert until is not None
    assert least <= until - NOW <= most


@pytest.mark.parametrize("error", [UnknownSymbol("AAPL"), BadPrices("No.")])
def test_answers_about_a_symbol_are_answers(error: FanchartError) -> None:
    source, _, breaker = broken_circuit(error)
    assert error_of(breaker) is error
    assert error_of(breaker) is error
    assert len(source.asked) == 2
    assert breaker.status().last_success == NOW


def test_search_has_a_pause_of_its_own() -> None:
    source, clock, breaker = broken_circuit(LIMITED)
    for _ in range(5):
        with pytest.raises(RateLimited):
            breaker.search("apple")
    source.error = None
    assert breaker.history("AAPL").symbol == "AAPL"
    with pytest.raises(RateLimited):
        breaker.search("apple")
    assert source.searched == ["apple"]
    assert breaker.status().failures == 0
    clock.advance(2 * MINUTE)
    assert breaker.search("apple") == ()


def test_when_the_pause_is_over_one_probe_goes_and_all_who_ask_share_what_it_finds() -> None:
    source, clock, breaker = broken_circuit(LIMITED)
    for failing in (True, False):
        source.error = LIMITED
        error_of(breaker)
        clock.advance(10 * MINUTE)
        asked = len(source.asked)
        source.released.clear()
        source.entered.clear()
        with ThreadPoolExecutor(20) as pool:
            probe = pool.submit(breaker.history, "AAPL")
            assert source.entered.wait(PATIENCE_S)
            others = [pool.submit(breaker.history, symbol) for symbol in SYMBOLS[:19]]
            assert len(source.asked) == asked + 1
            source.error = LIMITED if failing else None
            source.released.set()
            errors = [answer.exception(PATIENCE_S) for answer in (probe, *others)]
        assert len(source.asked) == asked + (1 if failing else 20)
        assert all(isinstance(error, RateLimited) if failing else error is None for error in errors)


def test_a_few_requests_go_at_a_time_and_a_limit_stops_those_that_wait() -> None:
    source, _, breaker = broken_circuit()
    breaker.history("AAPL")
    source.error = LIMITED
    source.released.clear()
    source.entered.clear()
    with ThreadPoolExecutor(20) as pool:
        asking = [pool.submit(breaker.history, symbol) for symbol in SYMBOLS]
        assert source.entered.wait(PATIENCE_S)
        source.released.set()
        assert all(isinstance(asked.exception(PATIENCE_S), RateLimited) for asked in asking)
    assert len(source.asked) <= 1 + AT_A_TIME
    assert breaker.status().failures == 1, "refused together is refused once"


def test_one_symbol_that_hangs_keeps_nobody_waiting() -> None:
    source, _, breaker = broken_circuit()
    breaker.history("S0")
    source.entered.clear()
    source.hanging = frozenset({"AAPL"})
    source.released.clear()
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(breaker.history, "AAPL")
        assert source.entered.wait(PATIENCE_S)
        assert [breaker.history(symbol).symbol for symbol in SYMBOLS] == SYMBOLS
        source.released.set()
        assert hanging.result(PATIENCE_S).symbol == "AAPL"


def test_a_probe_that_hangs_is_not_waited_for_for_long() -> None:
    source, clock = ScriptedSource(price_history(), price_history("MSFT")), ManualClock()
    circuit = Circuit(clock, at_a_time=3, tolerated=3, patience_s=0.001)
    source.hanging = frozenset({"AAPL"})
    source.released.clear()
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(circuit.ask, "AAPL", lambda: source.history("AAPL"))
        assert source.entered.wait(PATIENCE_S)
        assert circuit.ask("MSFT", lambda: source.history("MSFT")).symbol == "MSFT"
        source.released.set()
        assert hanging.result(PATIENCE_S).symbol == "AAPL"


def test_an_answer_that_began_before_a_limit_does_not_end_its_pause() -> None:
    source, _, breaker = broken_circuit()
    breaker.history("S0")
    source.entered.clear()
    source.hanging = frozenset({"AAPL"})
    source.released.clear()
    with ThreadPoolExecutor(1) as pool:
        early = pool.submit(breaker.history, "AAPL")
        assert source.entered.wait(PATIENCE_S)
        source.error = LIMITED
        error_of(breaker, "S1")
        source.error = None
        source.released.set()
        assert early.result(PATIENCE_S).symbol == "AAPL"
    assert isinstance(error_of(breaker, "S2"), RateLimited)


def test_symbols_that_hang_together_keep_no_healthy_one_waiting_and_do_not_speak_for_the_source() -> None:
    source, clock = ScriptedSource(price_history(), *map(price_history, SYMBOLS)), ManualClock()
    circuit = Circuit(clock, AT_A_TIME, TOLERATED, patience_s=0.001)
    circuit.ask("AAPL", lambda: source.history("AAPL"))
    held, begun = Event(), Semaphore(0)

    def hang() -> None:
        begun.release()
        assert held.wait(PATIENCE_S)
        raise SILENT

    with ThreadPoolExecutor(8) as pool:
        hanging = [pool.submit(circuit.ask, symbol, hang) for symbol in SYMBOLS[:8]]
        assert all(begun.acquire(timeout=PATIENCE_S) for _ in hanging)
        assert circuit.ask("AAPL", lambda: source.history("AAPL")).symbol == "AAPL"
        held.set()
        assert all(isinstance(one.exception(PATIENCE_S), SourceUnreachable) for one in hanging)
    assert circuit.pause is None
    assert circuit.ask("AAPL", lambda: source.history("AAPL")).symbol == "AAPL"


def test_a_clock_that_is_set_back_ends_what_was_to_last_for_a_moment() -> None:
    source, clock, breaker = broken_circuit(LIMITED)
    clock.advance(timedelta(days=365))
    error_of(breaker)
    source.error = None
    clock.now = NOW
    assert breaker.history("AAPL").symbol == "AAPL"
