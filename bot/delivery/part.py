"""Sends one part of a post: a photo with a caption, else a text."""

from dataclasses import dataclass

from telegram import InlineKeyboardMarkup, Message
from telegram.error import TelegramError

from bot.context import Bot
from bot.delivery.refusals import is_bad_message
from bot.delivery.turnstile import PUSH
from bot.pictures import Picture, Pictures
from bot.view.parts import CAPTION_LENGTH, TEXT_LENGTH, parts
from bot.view.post import Chart, Post
from storage.deliveries import Delivery


@dataclass(frozen=True, slots=True)
class Sent:
    """One part that arrived."""

    message_id: int
    parts: int  # how many the post has


@dataclass(frozen=True, slots=True)
class _Part:
    """What one message holds."""

    text: str  # HTML
    keyboard: InlineKeyboardMarkup | None


async def send_part(bot: Bot, pictures: Pictures, delivery: Delivery, post: Post) -> Sent:
    """Send the first part of a post that the delivery has not sent; a chart that is refused is left out.

    Raises:
        TelegramError: Telegram did not take it.
    """
    pieces = parts(post.text, CAPTION_LENGTH if post.chart else TEXT_LENGTH)
    index = min(delivery.parts_sent, len(pieces) - 1)
    part = _Part(pieces[index], post.keyboard if index == len(pieces) - 1 else None)
    if post.chart and index == 0:
        message = await _photo_or_text(bot, pictures, delivery, post.chart, part)
    else:
        message = await _text(bot, delivery, part)
    return Sent(message.message_id, len(pieces))


async def _photo_or_text(bot: Bot, pictures: Pictures, delivery: Delivery, chart: Chart, part: _Part) -> Message:
    """A photo, or where Telegram does not like it the caption as a text."""

    async def photo(picture: Picture) -> Message:
        """Send the picture, new or by its file id."""
        return await bot.send_photo(
            delivery.chat_id,
            picture,
            caption=part.text,
            reply_markup=part.keyboard,
            message_thread_id=delivery.topic,
            rate_limit_args=PUSH,
        )

    try:
        return await pictures.post(chart.key, chart.draw, photo)
    except TelegramError as error:
        if not is_bad_message(error):
            raise
    return await _text(bot, delivery, part)


async def _text(bot: Bot, delivery: Delivery, part: _Part) -> Message:
    return await bot.send_message(
        delivery.chat_id,
        part.text,
        reply_markup=part.keyboard,
        message_thread_id=delivery.topic,
        rate_limit_args=PUSH,
    )
