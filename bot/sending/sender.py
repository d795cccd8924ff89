"""The sender: takes what waits in the ledger and brings it into the chats, one message at a time.

One at a time, because a process that is killed then leaves at most one message of which nobody knows whether it
arrived. Telegram's pace allows 30 a second, which one connection reaches where a request takes up to 35 ms.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import aclosing, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.messages.chart_cache import ChartCache
from bot.push import delivery_states
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage, send_chunk
from bot.sending.prefetch import ahead
from bot.services import Bot
from bot.telegram.api_errors import is_bad_message, is_chat_closed, is_topic_gone
from bot.telegram.rate_limiter import seconds_to_wait
from forecasting.errors import StorageError
from forecasting.ports import Clock
from storage.chats import ChatStore
from storage.deliveries import DeliveryStore

Compose = Callable[[Delivery, int], Awaitable[OutgoingMessage | Deferred]]
"""Writes a delivery's post; the number is the bot's id, which file ids belong to."""
MoveChat = Callable[[int, int], None]
"""Takes everything of a chat along to its new id; blocking."""
IsServed = Callable[[int], bool]
"""Whether a chat may be written to; blocking."""
_AT_A_TIME: Final = 64
_AHEAD: Final = 6
"""Posts that are written and drawn while others are being sent."""
_LOOKS_EVERY_S: Final = 15.0
_MARGIN: Final = timedelta(milliseconds=100)
_LAST_WORDS_S: Final = 5.0
"""So long a message that is under way may take when the bot stops, so that the next start need not repeat it."""
_log = logging.getLogger(__name__)


class Sender:
    """Sends what the ledger holds; lives in the bot's event loop."""

    def __init__(
        self,
        *,
        deliveries: DeliveryStore,
        chats: ChatStore,
        pictures: ChartCache,
        compose: Compose,
        move_chat: MoveChat,
        may_push_to: IsServed,
        clock: Clock,
    ) -> None:
        """Take the ledger, and what writes, draws, moves and lets pass."""
        self._deliveries = deliveries
        self._chats = chats
        self._pictures = pictures
        self._compose = compose
        self._move_chat = move_chat
        self._is_served = may_push_to
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something new in the ledger."""
        self._woken.set()

    async def run(self, bot: Bot) -> None:
        """Resume what was cut off, then send whatever comes, until cancelled.

        Raises:
            StorageError: the ledger cannot be read or written.
        """
        resumed = await asyncio.to_thread(self._deliveries.resume)
        if resumed:
            _log.warning("%s deliveries were cut off and are sent again", resumed)
        while True:
            self._woken.clear()
            await self.drain(bot)
            quiet_s = await self._quiet_for()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), quiet_s)

    async def drain(self, bot: Bot) -> None:
        """Send everything that may go now.

        Raises:
            StorageError: the ledger cannot be read or written.
        """
        while waiting := await asyncio.to_thread(self._waiting):
            async with aclosing(ahead(lambda delivery: self._prepared(delivery, bot), waiting, _AHEAD)) as prepared:
                async for delivery, post in prepared:
                    await self._handle(delivery, post, bot)

    def _waiting(self) -> tuple[Delivery, ...]:
        """What may go now, after what is too old was given up."""
        now = self._clock()
        self._deliveries.expire(now)
        return self._deliveries.waiting(now, _AT_A_TIME)

    async def _quiet_for(self) -> float:
        """Seconds until the next waiting row may go, or until it is time to look again."""
        soonest = await asyncio.to_thread(self._deliveries.next_at)
        wait = (soonest - self._clock()).total_seconds() if soonest else _LOOKS_EVERY_S
        return min(max(wait, 0.01), _LOOKS_EVERY_S)

    async def _prepared(self, delivery: Delivery, bot: Bot) -> tuple[Delivery, OutgoingMessage | Deferred | None]:
        """The delivery with its post, written and drawn; None where that failed, which stops nobody else's."""
        try:
            post = await self._compose(delivery, bot.id)
        except Exception:  # noqa: BLE001 - whatever it is, the others' pushes go on and this one is tried again
            _log.exception("delivery %s could not be written", delivery.id)
            return delivery, None
        return delivery, await self._drawn(post) if isinstance(post, OutgoingMessage) else post

    async def _drawn(self, post: OutgoingMessage) -> OutgoingMessage:
        """The post with its chart at hand, or without one where it cannot be drawn."""
        if post.chart is None:
            return post
        try:
            await self._pictures.prepare(post.chart.key, post.chart.draw)
        except Exception:  # noqa: BLE001 - whatever it is, the text can go without its chart
            _log.exception("the chart of %s could not be drawn", post.chart.key.symbol)
            return replace(post, chart=None)
        return post

    async def _handle(self, seen: Delivery, post: OutgoingMessage | Deferred | None, bot: Bot) -> None:
        """Send one part of a post, if it is still to be sent, and note what came of it."""
        delivery = await asyncio.to_thread(self._claimed, seen, post)
        if delivery is not None and isinstance(post, OutgoingMessage):
            await finish_before_cancel(self._send(delivery, post, bot), _LAST_WORDS_S)

    async def _send(self, delivery: Delivery, post: OutgoingMessage, bot: Bot) -> None:
        """Send one part of a claimed delivery and note what came of it; no delivery stops the others."""
        try:
            sent = await send_chunk(bot, self._pictures, delivery, post)
        except TelegramError as error:
            await self._refused(delivery, error)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the others' pushes go on and this one is tried again
            _log.exception("delivery %s could not be sent", delivery.id)
            again = self._clock() + delivery_states.pause(delivery.attempts)
            await self._save(delivery_states.postponed(delivery, again, "it could not be sent"))
        else:
            await self._save(delivery_states.delivered(delivery, sent.message_id, sent.parts, self._clock()))

    def _claimed(self, seen: Delivery, post: OutgoingMessage | Deferred | None) -> Delivery | None:
        """The delivery, noted as being sent; None where it is not to be sent now, which is noted too.

        It may have changed since it was seen: moved to another chat, given up, deleted, its number given to another.
        """
        delivery = self._deliveries.get(seen.id)
        if delivery is None or delivery.state != "queued" or not _is_same(delivery, seen):
            return None
        step = self._step(delivery, post)
        self._deliveries.save(step)
        return step if step.state == "sending" else None

    def _step(self, delivery: Delivery, post: OutgoingMessage | Deferred | None) -> Delivery:
        """What a queued delivery comes to."""
        now = self._clock()
        if delivery.expires_at <= now:
            return delivery_states.expired(delivery)
        if not self._is_served(delivery.chat_id):
            return delivery_states.failed(delivery, "this chat is no longer served")
        begun = delivery_states.begun(delivery)
        if post is None:
            return delivery_states.postponed(
                begun, now + delivery_states.pause(begun.attempts), "it could not be written"
            )
        return delivery_states.postponed(delivery, post.until, post.reason) if isinstance(post, Deferred) else begun

    async def _refused(self, delivery: Delivery, error: TelegramError) -> None:
        """Note why a delivery was not taken, and do what that calls for."""
        now, reason = self._clock(), error.message
        if isinstance(error, ChatMigrated):
            await self._moved(delivery, error.new_chat_id)
        elif isinstance(error, RetryAfter):
            wait = timedelta(seconds=seconds_to_wait(error)) + _MARGIN
            await self._save(delivery_states.postponed(delivery, now + wait, reason))
        elif is_chat_closed(error):
            await asyncio.to_thread(self._close, delivery.chat_id, reason)
        elif is_topic_gone(error) and delivery.topic is not None:
            await self._save(delivery_states.postponed(replace(delivery, topic=None), now, reason))
        elif is_bad_message(error):
            _log.error("delivery %s was refused: %s", delivery.id, reason)
            await self._save(delivery_states.failed(delivery, reason))
        else:
            again = now + delivery_states.pause(delivery.attempts)
            await self._save(delivery_states.postponed(delivery, again, reason))

    async def _moved(self, delivery: Delivery, new_chat_id: int) -> None:
        """Follow a group that became a supergroup."""
        await asyncio.to_thread(self._move_chat, delivery.chat_id, new_chat_id)
        moved = await asyncio.to_thread(self._deliveries.get, delivery.id)
        if moved is not None:
            await self._save(delivery_states.postponed(moved, self._clock(), "the group became a supergroup"))

    def _close(self, chat_id: int, reason: str) -> None:
        """Write no more to a chat until somebody there says /start."""
        self._chats.set_state(chat_id, "blocked")
        self._deliveries.fail_chat(chat_id, reason)
        _log.info("chat %s is closed to us: %s", chat_id, reason)

    async def _save(self, delivery: Delivery) -> None:
        await asyncio.to_thread(self._deliveries.save, delivery)


def _is_same(one: Delivery, other: Delivery) -> bool:
    """Whether two rows of one number are about the same; the chat's id may have changed."""
    return (one.kind, one.symbols, one.session) == (other.kind, other.symbols, other.session)


async def finish_before_cancel(work: Coroutine[None, None, None], seconds: float) -> None:
    """Do some work; when the caller is cancelled meanwhile, it has so long to end, then the cancellation goes on."""
    task = asyncio.create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=seconds)
        task.cancel()
        raise
