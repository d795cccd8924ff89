"""What a message that shows a fan chart holds, in an answer and in a push alike: chart, caption, buttons."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup, InputMediaPhoto, Message
from telegram.error import BadRequest

from bot.chats.types import ChartKey
from bot.messages.chart_cache import Chart, Picture
from bot.services import Bot, Services
from bot.view.keyboards import forecast_keyboard
from bot.view.text.caption import forecast_caption
from forecasting.charts.fan import fan_chart
from forecasting.forecasts import Answer


@dataclass(frozen=True, slots=True)
class FanMessage:
    """One forecast as its readers see it."""

    answer: Answer
    horizon: int  # sessions ahead
    zone: ZoneInfo
    training: str = ""  # HTML of one line on the symbol's own model

    @property
    def caption(self) -> str:
        """HTML below the chart."""
        return forecast_caption(self.answer, self.horizon, self.zone, self.training)

    @property
    def keyboard(self) -> InlineKeyboardMarkup:
        """The buttons below the caption."""
        return forecast_keyboard(self.answer.forecast.symbol, self.horizon)

    def chart(self, bot_id: int) -> Chart:
        """The picture; its file id is good for the bot of that id alone."""
        forecast = self.answer.forecast
        key = ChartKey(bot_id, forecast.symbol, forecast.origin, forecast.model, f"fan {self.horizon}")
        return Chart(key, lambda: fan_chart(forecast, self.horizon))


async def send_fan(services: Services, bot: Bot, below: Message, fan: FanMessage) -> int:
    """Send the message in answer to another one, and return its id."""
    chart = fan.chart(bot.id)

    async def send(picture: Picture) -> Message:
        """Send the picture, new or by its file id."""
        return await below.reply_photo(picture, caption=fan.caption, reply_markup=fan.keyboard)

    sent = await services.pictures.post(chart.key, chart.draw, send)
    return sent.message_id


async def replace_fan(services: Services, bot: Bot, place: tuple[int, int], fan: FanMessage) -> None:
    """Put another chart and caption into a message (chat's id, message's id)."""
    chart = fan.chart(bot.id)

    async def send(picture: Picture) -> Message | None:
        """Send the picture, new or by its file id."""
        media = InputMediaPhoto(picture, caption=fan.caption)
        edited = await bot.edit_message_media(media, *place, reply_markup=fan.keyboard)
        return edited if isinstance(edited, Message) else None

    with unmodified_is_fine():
        await services.pictures.post(chart.key, chart.draw, send)


async def update_fan_caption(bot: Bot, place: tuple[int, int], fan: FanMessage) -> None:
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
