"""A push before it is sent: text, chart and buttons, cut into chunks of the sizes that Telegram takes."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape
from typing import Final

from telegram import InlineKeyboardMarkup, Message
from telegram.error import TelegramError

from bot.messages.chart_cache import Chart, ChartCache, Picture
from bot.push.types import Delivery
from bot.telegram.api_errors import is_bad_message
from bot.telegram.client import Bot
from bot.telegram.rate_limiter import Priority

TEXT_LENGTH: Final = 4096
"""Bot API, sendMessage.text: 1-4096 UTF-16 units after entities are parsed."""
CAPTION_LENGTH: Final = 1024
"""Bot API, sendPhoto.caption: 0-1024 UTF-16 units, likewise."""
_TAG: Final = re.compile(r"<[^>]*>")
_LONGEST_CUT: Final = CAPTION_LENGTH // 2
"""Characters that fit everywhere, even if each is two UTF-16 units long."""


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One push, as long as it is."""

    text: str  # HTML whose tags open and close within a line
    chart: Chart | None = None  # shown above the text
    keyboard: InlineKeyboardMarkup | None = None  # below the last chunk


@dataclass(frozen=True, slots=True)
class Deferred:
    """A push that cannot be written yet, and when to try again (UTC)."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One chunk that arrived."""

    message_id: int
    chunks: int  # how many the message has


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What one of Telegram's messages holds."""

    text: str  # HTML
    keyboard: InlineKeyboardMarkup | None


async def send_chunk(bot: Bot, charts: ChartCache, delivery: Delivery, message: OutgoingMessage) -> Sent:
    """Send the first chunk that the delivery has not sent; a chart that Telegram does not take is left out.

    Raises:
        TelegramError: Telegram did not take it.
    """
    texts = chunks(message.text, CAPTION_LENGTH if message.chart else TEXT_LENGTH)
    index = min(delivery.chunks_sent, len(texts) - 1)
    chunk = _Chunk(texts[index], message.keyboard if index == len(texts) - 1 else None)
    if message.chart and index == 0:
        sent = await _photo_or_text(bot, charts, delivery, message.chart, chunk)
    else:
        sent = await _text(bot, delivery, chunk)
    return Sent(sent.message_id, len(texts))


async def _photo_or_text(bot: Bot, charts: ChartCache, delivery: Delivery, chart: Chart, chunk: _Chunk) -> Message:
    """A photo, or where Telegram does not like it the caption as a text."""

    async def photo(picture: Picture) -> Message:
        """Send the picture, new or by its file id."""
        return await bot.send_photo(
            delivery.chat_id,
            picture,
            caption=chunk.text,
            reply_markup=chunk.keyboard,
            message_thread_id=delivery.topic,
            rate_limit_args=Priority.PUSH,
        )

    try:
        found = await asyncio.to_thread(charts.find, chart)  # another chat may have been sent it meanwhile
        return await charts.send(found, photo)
    except TelegramError as error:
        if not is_bad_message(error):
            raise
    return await _text(bot, delivery, chunk)


async def _text(bot: Bot, delivery: Delivery, chunk: _Chunk) -> Message:
    return await bot.send_message(
        delivery.chat_id,
        chunk.text,
        reply_markup=chunk.keyboard,
        message_thread_id=delivery.topic,
        rate_limit_args=Priority.PUSH,
    )


def chunks(text: str, first: int = TEXT_LENGTH) -> tuple[str, ...]:
    """Cut HTML into chunks of at most `first`, then 4096 UTF-16 units; whatever has a tag open ends on its own line.

    A single line that is too long loses its tags and is cut anywhere.
    """
    found = [""]
    for line in _short_lines(text):
        longer = f"{found[-1]}\n{line}" if found[-1] else line
        if units(longer) <= (first if len(found) == 1 else TEXT_LENGTH):
            found[-1] = longer
        else:
            found.append(line)
    return tuple(stripped for chunk in found if (stripped := chunk.strip("\n")))


def units(text: str) -> int:
    """How long Telegram takes HTML to be: the UTF-16 units of what people see."""
    return len(unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def _short_lines(text: str) -> Iterator[str]:
    """The lines, and those that fit nowhere in plain pieces."""
    for line in text.split("\n"):
        if units(line) <= CAPTION_LENGTH:
            yield line
            continue
        plain = unescape(_TAG.sub("", line))
        yield from (escape(plain[start : start + _LONGEST_CUT]) for start in range(0, len(plain), _LONGEST_CUT))
