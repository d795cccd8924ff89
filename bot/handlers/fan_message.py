"""The message that shows a fan chart: sent, turned to another forecast in place, and retold while a job runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telegram import InputMediaPhoto, Message
from telegram.error import BadRequest

from bot.context import Bot, Services
from bot.pictures import Picture
from bot.view.caption import forecast_caption
from bot.view.fan import fan_chart
from bot.view.keyboards import forecast_keyboard
from forecasting.service import Answer
from storage.charts import ChartKey


@dataclass(frozen=True, slots=True)
class Fan:
    """What such a message shows."""

    answer: Answer
    horizon: int  # sessions ahead
    zone: ZoneInfo
    training: str = ""  # HTML of one line on the symbol's own model

    @property
    def caption(self) -> str:
        """HTML below the chart."""
        return forecast_caption(self.answer, self.horizon, self.zone, self.training)

    def key(self, bot: Bot) -> ChartKey:
        """What tells the chart from every other one."""
        forecast = self.answer.forecast
        return ChartKey(bot.id, forecast.symbol, forecast.origin, forecast.model, f"fan {self.horizon}")

    def draw(self) -> bytes:
        """The chart's PNG."""
        return fan_chart(self.answer.forecast, self.horizon)


async def send_fan(services: Services, bot: Bot, below: Message, fan: Fan) -> int:
    """Send the message in answer to another one, and return its id."""
    keyboard = forecast_keyboard(fan.answer.forecast.symbol, fan.horizon)

    async def send(picture: Picture) -> Message:
        """Send the picture, new or by its file id."""
        return await below.reply_photo(picture, caption=fan.caption, reply_markup=keyboard)

    sent = await services.pictures.post(fan.key(bot), fan.draw, send)
    return sent.message_id


async def turn_fan(services: Services, bot: Bot, place: tuple[int, int], fan: Fan) -> None:
    """Put another chart and caption into a message (chat's id, message's id)."""
    keyboard = forecast_keyboard(fan.answer.forecast.symbol, fan.horizon)

    async def send(picture: Picture) -> Message | None:
        """Send the picture, new or by its file id."""
        media = InputMediaPhoto(picture, caption=fan.caption)
        edited = await bot.edit_message_media(media, *place, reply_markup=keyboard)
        return edited if isinstance(edited, Message) else None

    with unmodified_is_fine():
        await services.pictures.post(fan.key(bot), fan.draw, send)


async def retell_fan(bot: Bot, place: tuple[int, int], fan: Fan) -> None:
    """Change the caption alone."""
    keyboard = forecast_keyboard(fan.answer.forecast.symbol, fan.horizon)
    with unmodified_is_fine():
        await bot.edit_message_caption(*place, caption=fan.caption, reply_markup=keyboard)


@contextmanager
def unmodified_is_fine() -> Iterator[None]:
    """Let the refusal of an edit that would change nothing pass (Bot API: "message is not modified")."""
    try:
        yield
    except BadRequest as error:
        if "not modified" not in error.message:
            raise
