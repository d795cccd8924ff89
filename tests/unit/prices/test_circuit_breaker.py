"""The circuit breaker: one request at a time, none after a failure, one probe when the pause is over."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from forecasting.errors import BadPrices, FanchartError, RateLimited, SourceUnreachable, UnknownSymbol
from forecasting.prices.circuit_breaker import MAX_PAUSE, MAX_RETRY_AFTER, CircuitBreaker
from tests.factories import NOW, price_history
from tests.fakes import ManualClock
from tests.unit.prices.scripted_source import ScriptedSource
from tests.waiting import PATIENCE_S

MINUTE = timedelta(minutes=1)
LIMITED = RateLimited("Yahoo", NOW)
SILENT = SourceUnreachable("Yahoo", "no answer in time")


def broken_circuit(error: FanchartError | None = None) -> tuple[ScriptedSource, ManualClock, CircuitBreaker]:
    source, clock = ScriptedSource(price_history()), ManualClock()
    source.error = error
    return source, clock, CircuitBreaker(source, clock)


def error_of(breaker: CircuitBreaker) -> FanchartError:
    with pytest.raises(FanchartError) as raised:
        breaker.history("AAPL")
    return raised.value


@pytest.mark.parametrize(("error", "shortest"), [(LIMITED, MINUTE), (SILENT, timedelta(seconds=5))])
def test_after_a_refusal_nothing_is_asked_until_the_time_that_it_names(
    error: RateLimited | SourceUnreachable, shortest: timedelta
) -> None:
    source, clock, breaker = broken_circuit(error)
    first = error_of(breaker)
    assert isinstance(first, RateLimited | SourceUnreachable)
    assert first.retry_at is not None
    assert shortest <= first.retry_at - NOW <= 2 * shortest
    for _ in range(50):
        again = error_of(breaker)
        assert type(again) is type(error)
        assert isinstance(again, RateLimited | SourceUnreachable)
        assert again.retry_at == first.retry_at
    assert len(source.asked) == 1
    clock.now = first.retry_at
    source.error = None
    assert breaker.history("AAPL").symbol == "AAPL"
    assert breaker.status().failures == 0
    assert breaker.status().next_try is None
    assert breaker.status().last_success == clock.now


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


def test_search_and_history_share_the_pause() -> None:
    source, _, breaker = broken_circuit(LIMITED)
    with pytest.raises(RateLimited):
        breaker.search("apple")
    assert isinstance(error_of(breaker), RateLimited)
    assert source.asked == []
    assert source.searched == ["apple"]


def test_when_the_pause_is_over_one_probe_goes_and_the_others_are_told_at_once() -> None:
    source, clock, breaker = broken_circuit(LIMITED)
    error_of(breaker)
    clock.advance(timedelta(minutes=5))
    source.released.clear()
    source.entered.clear()
    with ThreadPoolExecutor(1) as pool:
        probe = pool.submit(breaker.history, "AAPL")
        assert source.entered.wait(PATIENCE_S)
        for _ in range(5):
            told = error_of(breaker)
            assert isinstance(told, RateLimited)
            assert told.retry_at > clock.now
        source.error = None
        source.released.set()
        assert probe.result(PATIENCE_S).symbol == "AAPL"
    assert len(source.asked) == 2
    assert breaker.history("AAPL").symbol == "AAPL"
