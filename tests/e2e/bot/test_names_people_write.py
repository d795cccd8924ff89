"""Names as people write them: answered at once where one listing is surely meant, else offered with what was asked."""

from bot.localchat import ADA, BEN
from tests.e2e.bot.stage import Stage


async def test_a_name_is_answered_at_once_and_said(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict apple 10")
    assert answer.photo
    assert answer.text.startswith("“apple”: Apple Inc. (AAPL)")
    assert "In 10 sessions" in answer.text
    assert "“microsfot”: Microsoft (MSFT)" in (await on_stage.ask("/evaluate microsfot", BEN)).text
    await on_stage.next(BEN)  # the table
    several = await on_stage.ask("/predict coca cola, AAPL 5", BEN)
    assert several.photo
    assert all(symbol in several.text for symbol in ("5 sessions ahead", "KO", "AAPL"))


async def test_what_may_be_meant_is_offered_with_the_command_and_its_arguments(on_stage: Stage) -> None:
    asked = await on_stage.ask("/subscribe coca 08:00")
    assert asked.text.startswith("No price source knows COCA. Did you mean:")
    assert await on_stage.press(asked, "KO · Coca-Cola Company (The)") == "Subscribed."
    await on_stage.changed(asked, "KO: a forecast at 08:00")
    [made] = on_stage.app.services.subscriptions.of_chat(ADA.id)
    assert (made.symbol, str(made.when)) == ("KO", "08:00:00")
    again = await on_stage.ask("/predict coca 10", BEN)
    await on_stage.press(again, "KO · Coca-Cola Company (The)", BEN)
    assert "In 10 sessions" in (await on_stage.next(BEN)).text


async def test_part_of_a_list_is_subscribed_and_the_rest_is_named(on_stage: Stage) -> None:
    answer = await on_stage.ask("/subscribe NOSUCH AAPL")
    assert answer.text.startswith("AAPL: a forecast after every close")
    assert "No price source knows NOSUCH." in answer.text
    stopped = await on_stage.ask("/unsubscribe apple", BEN)
    assert "follows none of these" in stopped.text
    assert (await on_stage.ask("/unsubscribe apple")).text == "Stopped: AAPL."


async def test_what_a_name_was_read_as_stays_when_the_message_is_edited(on_stage: Stage) -> None:
    told = await on_stage.ask("/train apple")
    assert told.text.startswith("“apple”: Apple Inc. (AAPL)")
    await on_stage.ask("/cancel 1")
    assert (await on_stage.changed(told, "It was stopped.")).text.startswith("“apple”: Apple Inc. (AAPL)")
