"""One forecast in an answer and in a push: the same picture under the same key, the same words, the same buttons."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast
from zoneinfo import ZoneInfo

from bot.chats.types import ChartKey
from bot.messages.fan_message import FanMessage
from bot.push.planner import SchedulePlanner
from bot.push.ports import SubscriptionStore
from bot.push.reports import HORIZON, SymbolReports
from bot.push.types import Delivery
from bot.sending.composer import Composer
from bot.sending.outgoing import OutgoingMessage
from forecasting.forecasts import Answer
from forecasting.types.scorecards import Outcome
from tests.factories import NOW, forecast
from tests.fakes import ManualClock

BERLIN = ZoneInfo("Europe/Berlin")
ANSWER = Answer(forecast(), None, 0)
BOT_ID = 77


@dataclass
class OneAnswer:
    """Forecasts of a symbol that was never forecast before, and hours of a chat without quiet ones."""

    def predict(self, symbol: str, horizon: int | None = None) -> Answer:
        del horizon
        assert symbol == ANSWER.forecast.symbol
        return ANSWER

    def score_due(self, _symbol: str) -> Sequence[Outcome]:
        return ()

    def outcomes(self, _symbol: str, _limit: int) -> Sequence[Outcome]:
        return ()

    def hours(self, _chat_id: int) -> tuple[ZoneInfo, None]:
        return BERLIN, None


def pushed() -> OutgoingMessage:
    """A digest of that symbol alone."""
    known, clock = OneAnswer(), ManualClock()
    composer = Composer(
        SymbolReports(known, clock), cast("SchedulePlanner", known), cast("SubscriptionStore", known), clock
    )
    delivery = Delivery(1, "digest", ("AAPL",), date(2024, 7, 3), NOW, NOW, NOW)
    post = asyncio.run(composer.compose(delivery, BOT_ID))
    assert isinstance(post, OutgoingMessage)
    return post


def test_a_push_of_one_symbol_shows_what_an_answer_shows() -> None:
    post, answered = pushed(), FanMessage(ANSWER, HORIZON, BERLIN)
    assert post.chart is not None
    assert post.chart.key == answered.chart(BOT_ID).key
    assert post.chart.draw() == answered.chart(BOT_ID).draw()
    assert (post.text, post.keyboard) == (answered.caption, answered.keyboard)


def test_a_chart_is_known_by_all_that_changes_it_and_by_nothing_else() -> None:
    fan = FanMessage(ANSWER, 5, BERLIN)
    origin = ANSWER.forecast.origin
    assert fan.chart(BOT_ID).key == ChartKey(BOT_ID, "AAPL", origin, fan.answer.forecast.key.sha256, "fan 5")
    assert FanMessage(ANSWER, 5, ZoneInfo("UTC"), "a line").chart(BOT_ID).key == fan.chart(BOT_ID).key
    assert FanMessage(ANSWER, 10, BERLIN).chart(BOT_ID).key != fan.chart(BOT_ID).key


def test_the_buttons_know_symbol_and_horizon() -> None:
    first, *others = FanMessage(ANSWER, 10, BERLIN).keyboard.inline_keyboard[0]
    assert [button.text for button in (first, *others)] == ["5 sessions", "✓ 10", "20 sessions"]
    assert first.callback_data == "1|predict|AAPL|5"
