"""The message that shows a fan chart, in an answer and in a push alike."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup, InputMediaPhoto, Message
from telegram.error import BadRequest

from bot.chats.types import ChartKey
from bot.messages.chart_cache import Chart, ChartCache, Picture
from bot.telegram.api_errors import is_unmodified
from bot.telegram.client import Bot
from bot.view import text as formatter
from bot.view.keyboards import forecast_keyboard
from bot.view.text.caption import forecast_caption
from bot.view.text.names import below
from bot.view.text.prices import fits_caption
from forecasting.charts.fan import fan_chart
from forecasting.forecasts import Answer

MessageId = tuple[int, int]
"""A message: its chat's id and its own."""


@dataclass(frozen=True, slots=True)
class FanMessage:
    """One forecast as its readers see it."""

    answer: Answer
    horizon: int  # sessions ahead
    zone: ZoneInfo
    training: str = ""  # HTML of one line on the symbol's own model
    read_as: str = ""  # HTML that says which listing the typed name was read as
    is_retried: bool = False  # whether the question is asked again when its trouble says that the source is
    file_id: str | None = None  # of the chart, where Telegram has it

    @property
    def caption(self) -> str:
        """HTML below the chart."""
        caption = forecast_caption(self.answer, self.horizon, self.zone, self.training, is_retried=self.is_retried)
        return below(self.read_as, caption)

    @property
    def keyboard(self) -> InlineKeyboardMarkup:
        """The buttons below the caption."""
        return forecast_keyboard(self.answer.forecast.symbol, self.horizon, notes=not fits_caption(self.answer.notes))

    def chart(self, bot_id: int) -> Chart:
        """The picture; its file id is good for the bot of that id alone."""
        forecast = self.answer.forecast
        key = ChartKey(bot_id, forecast.symbol, forecast.origin, forecast.key.sha256, f"fan {self.horizon}")
        return Chart(key, lambda: fan_chart(forecast, self.horizon, formatter), self.file_id)


def find_chart(charts: ChartCache, bot_id: int, fan: FanMessage) -> FanMessage:
    """The message with its chart's file id, where the chart was sent before; blocking."""
    return replace(fan, file_id=charts.find(fan.chart(bot_id)).file_id)


async def send_fan(charts: ChartCache, bot: Bot, below: Message, fan: FanMessage) -> tuple[MessageId, Chart | None]:
    """Send it in answer to another message; beside its id, the chart with a new file id to keep."""

    async def send(picture: Picture) -> Message:
        """Send the picture, new or by its file id."""
        return await below.reply_photo(picture, caption=fan.caption, reply_markup=fan.keyboard)

    sent, drawn = await charts.deliver(fan.chart(bot.id), send)
    return (sent.chat_id, sent.message_id), drawn


async def replace_fan(charts: ChartCache, bot: Bot, message: MessageId, fan: FanMessage) -> Chart | None:
    """Put another chart and caption into a message; returned is the chart with a new file id to keep."""

    async def send(picture: Picture) -> Message | None:
        """Send the picture, new or by its file id."""
        media = InputMediaPhoto(picture, caption=fan.caption)
        edited = await bot.edit_message_media(media, *message, reply_markup=fan.keyboard)
        return edited if isinstance(edited, Message) else None

    drawn = None
    with ignore_unmodified():
        _, drawn = await charts.deliver(fan.chart(bot.id), send)
    return drawn


async def update_caption(bot: Bot, message: MessageId, fan: FanMessage) -> None:
    """Change the caption alone."""
    with ignore_unmodified():
        await bot.edit_message_caption(*message, caption=fan.caption, reply_markup=fan.keyboard)


@contextmanager
def ignore_unmodified() -> Iterator[None]:
    """Let the refusal of an edit that would change nothing pass (Bot API: "message is not modified")."""
    try:
        yield
    except BadRequest as error:
        if not is_unmodified(error):
            raise
