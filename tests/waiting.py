"""How tests wait: patiently for what must come, and not at all on an event loop whose clock jumps to the next timer."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

PATIENCE_S: Final = 300.0
"""Nothing takes so long on an idle machine; beside other work it may."""

T = TypeVar("T")


async def until(condition: Callable[[], object]) -> None:
    """Wait for what no message tells of."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


class _JumpingSelector(selectors.SelectSelector):
    """Never waits: moves the clock by as long as it was asked to wait."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout + 1e-6  # else rounding could keep a timer just ahead for ever
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Its time is seconds since it was made, and passes only while everybody waits."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on such a loop."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
