"""What a message that shows a fan chart holds, in an answer and in a push alike: chart, caption, buttons."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup

from bot.view.caption import forecast_caption
from bot.view.fan import fan_chart
from bot.view.keyboards import forecast_keyboard
from bot.view.post import Chart
from forecasting.service import Answer
from storage.charts import ChartKey


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
