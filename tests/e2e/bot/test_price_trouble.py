"""When prices cannot be had: each trouble its own sentence, and an answer on stored data wherever there is some."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.chats.types import Chat, Member
from bot.localchat import ADA
from forecasting.errors import BadPrices, FanchartError, RateLimited, SourceUnreachable
from tests.e2e.bot.sources import FailingSource
from tests.e2e.bot.stage import Stage, stage
from tests.factories import NOW, price_history


@pytest.fixture
def yahoo() -> FailingSource:
    return FailingSource(price_history("AAPL"))


@pytest.fixture
async def troubled(tmp_path: Path, yahoo: FailingSource) -> AsyncIterator[Stage]:
    """A bot whose only source does what the test says; it stands in Ada's own timezone."""
    async with stage(tmp_path, sources=(yahoo,)) as running:
        chat = Chat(ADA.id, "private", "Ada", "Europe/Berlin", "active", running.clock())
        running.app.services.chats.upsert(chat, Member(ADA.id, "Ada"))
        yield running


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (
            RateLimited("yahoo", NOW + timedelta(minutes=4)),
            "Next try in 4 min (3 Jul 23:34 CEST); the answer will be here.",
        ),
        (SourceUnreachable("yahoo", "it did not answer"), "cannot be reached (it did not answer)."),
        (BadPrices("What yahoo sent is no price history.", "Try again later."), "What yahoo sent is no price history."),
    ],
)
async def test_without_stored_prices_the_reason_is_told(
    troubled: Stage, yahoo: FailingSource, trouble: FanchartError, sentence: str
) -> None:
    yahoo.trouble = trouble
    answer = await troubled.ask("/predict AAPL")
    assert sentence in answer.text
    assert not answer.photo


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (
            RateLimited("yahoo", NOW + timedelta(days=2, minutes=4)),
            "Next try at 5 Jul 23:34 CEST. Here is the forecast",
        ),
        (SourceUnreachable("yahoo", "it did not answer"), "it did not answer"),
    ],
)
async def test_stored_prices_are_answered_with_and_labelled(
    troubled: Stage, yahoo: FailingSource, trouble: FanchartError, sentence: str
) -> None:
    assert (await troubled.ask("/predict AAPL")).photo
    troubled.clock.advance(timedelta(days=2))  # Friday's session has closed
    yahoo.trouble = trouble
    answer = await troubled.ask("/predict AAPL")
    assert answer.photo
    assert sentence in answer.text
    assert "on data to 3 Jul 2024" in answer.text
    assert "These prices are 1 session old." in answer.text
    if isinstance(trouble, RateLimited):  # what cannot be reached may be the symbol's trouble alone
        assert "Yahoo: 1 failure" in (await troubled.ask("/status")).text


async def test_a_next_try_is_promised_only_where_it_is_kept(troubled: Stage, yahoo: FailingSource) -> None:
    yahoo.trouble = RateLimited("Yahoo", NOW + timedelta(minutes=4))
    [reason] = await troubled.chat.ask_inline(ADA, ADA, "AAPL")
    asked = ("/compare AAPL MSFT", "/evaluate AAPL", "/subscribe AAPL", "/alert AAPL 80%", "/train AAPL")
    told = [reason.description, *[(await troubled.ask(text)).text for text in asked]]
    assert all("Yahoo is limiting us. Try again in 4 min" in text and "Next try" not in text for text in told), told


async def test_old_prices_are_labelled_side_by_side_too(on_stage: Stage) -> None:
    assert "⚠️" not in (await on_stage.ask("/compare AAPL MSFT")).text
    on_stage.clock.advance(timedelta(days=2))
    assert (await on_stage.ask("/compare AAPL MSFT")).text.count("⚠️ prices to 3 Jul 2024") == 2
