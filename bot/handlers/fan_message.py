"""The message that shows a fan chart: sent, turned to another forecast in place, and retold while a job runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from telegram import InputMediaPhoto, Message
from telegram.error import BadRequest

from bot.context import Bot, Services
from bot.pictures import Picture
from bot.view.fan_message import FanMessage


async def send_fan(services: Services, bot: Bot, below: Message, fan: FanMessage) -> int:
    """Send the message in answer to another one, and return its id."""
    chart = fan.chart(bot.id)

    async def send(picture: Picture) -> Message:
        """Send the picture, new or by its file id."""
        return await below.reply_photo(picture, caption=fan.caption, reply_markup=fan.keyboard)

    sent = await services.pictures.post(chart.key, chart.draw, send)
    return sent.message_id


async def turn_fan(services: Services, bot: Bot, place: tuple[int, int], fan: FanMessage) -> None:
    """Put another chart and caption into a message (chat's id, message's id)."""
    chart = fan.chart(bot.id)

    async def send(picture: Picture) -> Message | None:
        """Send the picture, new or by its file id."""
        media = InputMediaPhoto(picture, caption=fan.caption)
        edited = await bot.edit_message_media(media, *place, reply_markup=fan.keyboard)
        return edited if isinstance(edited, Message) else None

    with unmodified_is_fine():
        await services.pictures.post(chart.key, chart.draw, send)


async def retell_fan(bot: Bot, place: tuple[int, int], fan: FanMessage) -> None:
    """Change the caption alone."""
    with unmodified_is_fine():
        await bot.edit_message_caption(*place, caption=fan.caption, reply_markup=fan.keyboard)


@contextmanager
def unmodified_is_fine() -> Iterator[None]:
    """Let the refusal of an edit that would change nothing pass (Bot API: "message is not modified")."""
    try:
        yield
    except BadRequest as error:
        if "not modified" not in error.message:
            raise
