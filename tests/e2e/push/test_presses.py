"""Presses on the push's buttons: twice, by others, and with words that no button of ours carries."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.handlers.alerts import MAX_ALERTS
from bot.handlers.subscribe import MAX_SYMBOLS
from bot.localchat import ADA, SUNDAY_INVESTORS, Button, InlineKeyboard, Message, Person
from tests.e2e.bot.stage import Stage, stage, write_csv
from tests.factories import price_history


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        yield running


async def press_forged(here: Stage, data: str, person: Person = ADA) -> str:
    """Press a button as an altered client may: below a message of ours, with words that are not."""
    answer = await here.ask("/help", person)
    return await here.press(forged(here, answer, data), "forged", person)


def forged(here: Stage, message: Message, data: str) -> Message:
    other = replace(message, keyboard=InlineKeyboard(((Button("forged", data),),)))
    here.chat.state.chat(message.chat_id).messages[message.message_id] = other
    return other


FORGED = {
    "1|timezone|No/Where": "I do not know that timezone.",
    "1|timezone": "I do not know that timezone.",
    "1|subscribe|<b>": "“<b>” is not a symbol.",
    "1|subscribe": "Which symbol?",
    "1|when|AAPL|99:99": "A time looks like 08:30",
    "1|unsubscribe|": "Which symbol?",
    "1|alert|AAPL|band|nan": "I watch for",
    "1|alert|AAPL|-1": "I watch for",
    "1|unalert|x": "That button names no alert.",
}


async def test_what_no_button_of_ours_carries_is_refused_and_changes_nothing(here: Stage) -> None:
    services = here.app.services
    await here.ask("/subscribe KO")
    before = services.subscriptions.of_chat(ADA.id), services.chats.get(ADA.id)
    for data, sentence in FORGED.items():
        told = await press_forged(here, data)
        assert sentence in (told or (await here.next()).text), data
    assert (services.subscriptions.of_chat(ADA.id), services.chats.get(ADA.id)) == before
    assert services.alerts.of_chat(ADA.id) == ()
    await here.app.scheduler.book_digests()


async def test_a_button_that_is_tapped_twice_says_the_same_twice(here: Stage) -> None:
    await here.ask("/subscribe AAPL")
    await here.ask("/alert AAPL 80%")
    for command, button in (("/unsubscribe", "Stop AAPL"), ("/alerts", "Remove AAPL: close outside the 80% band")):
        listed = await here.ask(command)
        said = [await here.press(listed, button) for _ in range(2)]
        assert said[0] == said[1]
    assert "I answer to commands" in (await here.ask("hello")).text, "nothing was said in between"


async def test_symbols_with_an_ampersand_are_told_as_they_are(here: Stage) -> None:
    answer = await here.ask("/help")
    await here.press(forged(here, answer, "1|subscribe|M&M.NS"), "forged")
    assert (await here.next()).text == "When should the forecast of M&M.NS come?"


async def test_a_symbol_that_is_named_twice_is_followed_once(here: Stage) -> None:
    assert (await here.ask("/subscribe aapl AAPL $AAPL")).text.startswith("AAPL: a forecast")
    assert (await here.ask("/unsubscribe $aapl")).text == "Stopped: AAPL."


async def test_a_chat_follows_so_many_symbols_and_no_more(here: Stage, tmp_path: Path) -> None:
    for number in range(20):
        write_csv(tmp_path / "prices", replace(price_history(seed=number), symbol=f"S{number}"))
    services = here.app.services
    for first in (0, 10):
        await here.ask("/subscribe " + " ".join(f"S{number}" for number in range(first, first + 10)))
    known = services.subscriptions.of_chat(ADA.id)
    more = [replace(known[0], symbol=f"T{number}") for number in range(MAX_SYMBOLS - len(known) - 1)]
    services.subscriptions.save(more)
    assert (await here.ask("/subscribe AAPL KO")).text.startswith("A chat can follow 25 symbols.")
    assert (await here.ask("/subscribe AAPL S3")).text.startswith("AAPL, S3: a forecast"), "S3 is followed already"
    assert len(services.subscriptions.of_chat(ADA.id)) == MAX_SYMBOLS
    alerts = services.alerts
    await here.ask("/alert AAPL 80%")
    [made] = alerts.of_chat(ADA.id)
    for level in range(MAX_ALERTS - 1):
        alerts.save(replace(made, kind="price", level=1.0 + level))
    assert (await here.ask("/alert AAPL 95%")).text.startswith("A chat can have 50 alerts.")


async def test_a_paused_chat_is_told_so_when_it_subscribes(here: Stage) -> None:
    await here.ask("/pause")
    assert "Paused: nothing is sent" in (await here.ask("/subscribe AAPL")).text
    await here.ask("/resume")
    assert "Paused" not in (await here.ask("/subscribe KO")).text


async def test_a_group_that_takes_the_bot_back_gets_its_forecasts_again(here: Stage) -> None:
    await here.ask("/subscribe AAPL", ADA, SUNDAY_INVESTORS)
    here.chat.remove_bot(SUNDAY_INVESTORS, ADA)
    await becomes(here, "blocked")
    here.chat.add_bot(SUNDAY_INVESTORS, ADA)
    await becomes(here, "active")


async def becomes(here: Stage, state: str) -> None:
    """Wait until the group is noted as being in that state; every update wakes the wait."""
    here.write("/help")
    for _ in range(50):
        if getattr(here.app.services.chats.get(SUNDAY_INVESTORS.id), "state", "") == state:
            return
        await here.ask("/help")
    pytest.fail(f"the group never became {state}")
