"""Lets work that must not be cut off come to its end."""

import asyncio
from collections.abc import Coroutine


async def to_its_end(work: Coroutine[None, None, None], seconds: float) -> None:
    """Do some work; when the caller is cancelled meanwhile, it has so long to end, then the cancellation goes on."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=seconds)
        task.cancel()
        raise
