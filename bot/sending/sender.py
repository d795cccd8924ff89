"""Sends what waits in the ledger, one message at a time.

One at a time, because a process that is killed then leaves at most one message of which nobody knows whether it
arrived. Telegram allows 30 a second, which one connection reaches where a request takes up to 35 ms.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Final

from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.chats.ports import ChatStore
from bot.messages.chart_cache import ChartCache
from bot.push import delivery_states
from bot.push.ports import DeliveryStore
from bot.push.types import Delivery
from bot.sending.outgoing import Deferred, OutgoingMessage, send_chunk
from bot.sending.prefetch import prefetch
from bot.telegram.api_errors import is_bad_message, is_chat_closed, is_topic_gone
from bot.telegram.client import Bot
from bot.telegram.rate_limiter import seconds_to_wait
from forecasting.errors import StorageError
from forecasting.ports import Clock

Compose = Callable[[Delivery, int], Awaitable[OutgoingMessage | Deferred]]
"""Writes a delivery's message; the number is the bot's id, which file ids belong to."""
MoveChat = Callable[[int, int], None]
"""Takes everything of a chat along to its new id; blocking."""
MayPushTo = Callable[[int], bool]
"""Whether a chat may be written to; blocking."""
_ROWS_AT_ONCE: Final = 64
_PREFETCHED: Final = 6
"""Messages that are written and drawn while others are being sent."""
_MAX_IDLE_S: Final = 15.0
_RESTART_AFTER_S: Final = 30.0
_MARGIN: Final = timedelta(milliseconds=100)
_MAX_STOP_S: Final = 5.0
"""So long a message that is under way may take when the bot stops, so that the next start need not repeat it."""
_log = logging.getLogger(__name__)


class Sender:
    """Sends what the ledger holds; lives in the bot's event loop."""

    def __init__(
        self,
        *,
        deliveries: DeliveryStore,
        chats: ChatStore,
        charts: ChartCache,
        compose: Compose,
        move_chat: MoveChat,
        may_push_to: MayPushTo,
        clock: Clock,
    ) -> None:
        self._deliveries = deliveries
        self._chats = chats
        self._charts = charts
        self._compose = compose
        self._move_chat = move_chat
        self._may_push_to = may_push_to
        self._clock = clock
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look into the ledger now: there is something new."""
        self._woken.set()

    @asynccontextmanager
    async def running(self, bot: Bot) -> AsyncIterator[None]:
        """Send for as long as the block runs; what is being sent at its end is sent again at the next start."""
        sending = asyncio.create_task(self._keep_running(bot))
        try:
            yield
        finally:
            sending.cancel()
            await asyncio.wait([sending])

    async def _keep_running(self, bot: Bot) -> None:
        """Run, and begin again after whatever stops it."""
        while True:
            try:
                await self.run(bot)
            except StorageError as error:
                _log.error("sending stopped: %s", error)
            except Exception:  # noqa: BLE001 - a bot that goes on without its sender would look well and push nothing
                _log.exception("sending stopped")
            await asyncio.sleep(_RESTART_AFTER_S)

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
            idle_s = await self._idle_for()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), idle_s)

    async def drain(self, bot: Bot) -> None:
        """Send everything that may go now.

        Raises:
            StorageError: the ledger cannot be read or written.
        """
        while waiting := await asyncio.to_thread(self._waiting):
            work = prefetch(lambda delivery: self._prepared(delivery, bot), waiting, _PREFETCHED)
            async with aclosing(work) as prepared:
                async for delivery, message in prepared:
                    await self._handle(delivery, message, bot)

    def _waiting(self) -> tuple[Delivery, ...]:
        """What may go now, after what is too old was given up."""
        now = self._clock()
        self._deliveries.expire(now)
        return self._deliveries.waiting(now, _ROWS_AT_ONCE)

    async def _idle_for(self) -> float:
        """Seconds until the next waiting row may go, or until it is time to look again."""
        soonest = await asyncio.to_thread(self._deliveries.next_at)
        wait = (soonest - self._clock()).total_seconds() if soonest else _MAX_IDLE_S
        return min(max(wait, 0.01), _MAX_IDLE_S)

    async def _prepared(self, delivery: Delivery, bot: Bot) -> tuple[Delivery, OutgoingMessage | Deferred | None]:
        """The delivery with its message, written and drawn; None where that failed, which stops nobody else's."""
        try:
            message = await self._compose(delivery, bot.id)
        except Exception:  # noqa: BLE001 - whatever it is, the others' pushes go on and this one is tried again
            _log.exception("delivery %s could not be written", delivery.id)
            return delivery, None
        return delivery, await self._drawn(message) if isinstance(message, OutgoingMessage) else message

    async def _drawn(self, message: OutgoingMessage) -> OutgoingMessage:
        """The message with its chart at hand, or without one where it cannot be drawn."""
        if message.chart is None:
            return message
        try:
            await self._charts.prepare(message.chart)
        except Exception:  # noqa: BLE001 - whatever it is, the text can go without its chart
            _log.exception("the chart of %s could not be drawn", message.chart.key.symbol)
            return replace(message, chart=None)
        return message

    async def _handle(self, seen: Delivery, message: OutgoingMessage | Deferred | None, bot: Bot) -> None:
        """Send one chunk of a message, if it is still to be sent, and note what came of it."""
        delivery = await asyncio.to_thread(self._claimed, seen, message)
        if delivery is not None and isinstance(message, OutgoingMessage):
            await finish_before_cancel(self._send(delivery, message, bot), _MAX_STOP_S)

    async def _send(self, delivery: Delivery, message: OutgoingMessage, bot: Bot) -> None:
        """Send one chunk of a claimed delivery and note what came of it; no delivery stops the others."""
        try:
            sent = await send_chunk(bot, self._charts, delivery, message)
        except TelegramError as error:
            await self._refused(delivery, error)
        except StorageError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the others' pushes go on and this one is tried again
            _log.exception("delivery %s could not be sent", delivery.id)
            again = self._clock() + delivery_states.pause(delivery.attempts)
            await self._save(delivery_states.postponed(delivery, again, "it could not be sent"))
        else:
            await self._save(delivery_states.delivered(delivery, sent.message_id, sent.chunks, self._clock()))

    def _claimed(self, seen: Delivery, message: OutgoingMessage | Deferred | None) -> Delivery | None:
        """The delivery, noted as being sent; None where it is not to be sent now, which is noted too.

        It may have changed since it was seen: moved to another chat, given up, deleted, its number given to another.
        """
        delivery = self._deliveries.get(seen.id)
        if delivery is None or delivery.state != "queued" or not _is_same(delivery, seen):
            return None
        step = self._step(delivery, message)
        self._deliveries.save(step)
        return step if step.state == "sending" else None

    def _step(self, delivery: Delivery, message: OutgoingMessage | Deferred | None) -> Delivery:
        """What a queued delivery comes to."""
        now = self._clock()
        if delivery.expires_at <= now:
            return delivery_states.expired(delivery)
        if not self._may_push_to(delivery.chat_id):
            return delivery_states.failed(delivery, "this chat is no longer served")
        begun = delivery_states.begun(delivery)
        if message is None:
            again = now + delivery_states.pause(begun.attempts)
            return delivery_states.postponed(begun, again, "it could not be written")
        if isinstance(message, Deferred):
            return delivery_states.postponed(delivery, message.until, message.reason)
        return begun

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
        """Stop writing to a chat until somebody there sends /start."""
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
