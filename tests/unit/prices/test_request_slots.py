"""A few requests at a time; one that hangs keeps no room."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event

from forecasting.prices.requests.request_slots import RequestSlots
from tests.waiting import PATIENCE_S


def test_no_more_than_a_few_go_at_a_time() -> None:
    slots, entered, released = RequestSlots(2, PATIENCE_S), [], Event()

    def request() -> int:
        with slots.one():
            entered.append(1)
            most = len(entered)
            assert released.wait(PATIENCE_S)
            entered.pop()
            return most

    with ThreadPoolExecutor(9) as pool:
        asked = [pool.submit(request) for _ in range(9)]
        released.set()
        assert max(one.result(PATIENCE_S) for one in asked) <= 2


def test_those_that_hang_are_not_waited_for() -> None:
    slots = RequestSlots(2, patience_s=0.001)
    with ExitStack() as hanging:
        for _ in range(8):
            hanging.enter_context(slots.one())
