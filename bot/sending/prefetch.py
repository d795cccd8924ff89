"""Does some work before its results are needed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def prefetch(
    work: Callable[[Item], Awaitable[Result]], items: Iterable[Item], most: int
) -> AsyncGenerator[Result]:
    """Yield the result of every item as it gets ready, with at most so many in work or waiting to be taken.

    Of those that are ready at the same moment, the one that was begun first is first.
    """
    left = iter(items)
    running = [asyncio.ensure_future(work(item)) for item in islice(left, most)]
    try:
        while running:
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in [each for each in running if each in done]:
                running.remove(task)
                yield task.result()
                running += [asyncio.ensure_future(work(item)) for item in islice(left, 1)]
    finally:
        for task in running:
            task.cancel()
