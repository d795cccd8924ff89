"""Work done ahead: what is ready at the same moment comes in the order in which it was begun."""

from bot.sending.prefetch import prefetch


async def at_once(item: int) -> int:
    return item


async def test_what_is_ready_at_once_comes_in_order() -> None:
    assert [result async for result in prefetch(at_once, range(40), 6)] == list(range(40))
