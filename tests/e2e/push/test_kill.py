"""kill -9 at seeded moments of a push: nothing is lost, and at most one message a kill is repeated."""

import asyncio
import multiprocessing
from contextlib import suppress
from pathlib import Path
from random import Random

from bot.localchat import LocalChat, Person
from tests.e2e.push import pusher
from tests.waiting import PATIENCE_S

KILLS = 20
CHATS = range(1001, 1261)


async def test_a_push_that_is_killed_twenty_times_reaches_everybody(tmp_path: Path) -> None:
    random = Random(5)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([pusher.__name__])
    pusher.subscribe(tmp_path / "push.db", CHATS)

    async with LocalChat([Person(chat, f"P{chat}") for chat in CHATS], ()) as chat:
        errand = pusher.Errand(tmp_path / "push.db", chat.url, chat.token)

        def arrived() -> int:
            return sum(len(chat.bot_messages(one)) for one in CHATS)

        for _ in range(KILLS):
            process = processes.Process(target=pusher.push, args=(errand,))
            process.start()
            wanted = arrived() + random.randrange(1, 8)
            await chat.wait_for(lambda wanted=wanted: arrived() >= wanted, PATIENCE_S)  # type: ignore[misc]
            with suppress(TimeoutError):  # a moment, which on a busy machine is not for ever
                await chat.wait_for(lambda wanted=wanted: arrived() > wanted + 4, random.uniform(0, 0.02))  # type: ignore[misc]
            process.kill()
            await asyncio.to_thread(process.join)
        assert arrived() < len(CHATS), "every kill must hit the push in its middle"

        last = processes.Process(target=pusher.push, args=(errand,))
        last.start()
        await chat.wait_for(lambda: all(chat.bot_messages(one) for one in CHATS), PATIENCE_S)
        last.kill()
        await asyncio.to_thread(last.join)

        texts = {one: [message.text for message in chat.bot_messages(one)] for one in CHATS}
        assert {text for own in texts.values() for text in own} == {"ADA-USD, BTC-USD, ETH-USD on 2024-07-06"}
        assert all(texts.values()), "nobody is left out"
        assert sum(len(own) - 1 for own in texts.values()) <= KILLS
