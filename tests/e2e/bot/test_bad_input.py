"""Bad input: one friendly sentence with what to type instead; nothing is stored, and the next message is served."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.localchat import ADA, ApiError, Button, InlineKeyboard, Message, Person
from tests.e2e.bot.stage import Stage, stage

SENTENCES = (
    ("/predict", "Which symbol? Try /predict AAPL or /predict AAPL 10."),
    ("/predict A NOSUCH C", "No price source knows A NOSUCH C."),
    ("/predict AAPL 0", "I look 1 to 20 sessions ahead. Try /predict AAPL 10."),
    ("/predict AAPL 21", "I look 1 to 20 sessions ahead."),
    ("/predict AAPL -3", "I look 1 to 20 sessions ahead."),
    ("/predict AAPL NOSUCH", "No price source knows AAPL NOSUCH."),
    ("/predict AAPL MSFT KO A GOOG", "I compare 2 to 4 different symbols."),
    ("/predict AAPL " + "9" * 4000, "I look 1 to 20 sessions ahead."),
    ("/predict " + "A" * 4000, "is not a symbol. Type one such as AAPL"),
    ("/predict 📈🚀", "“📈🚀” is not a symbol."),
    ("/predict <b>", "“<b>” is not a symbol."),
    ("/predict <script>alert(1)</script>", "is not a symbol."),
    ("/predict '; DROP TABLE prices; --", "is not a symbol."),
    ("/predict ';DROP", "“';DROP” is not a symbol."),
    ("/predict ﷽", "is not a symbol."),
    ("/predict NOSUCH", "No price source knows NOSUCH."),
    ("/predict YOUNG", "YOUNG has 100 sessions of prices; a forecast needs 250."),
    ("/evaluate", "Which symbol? Try /evaluate AAPL."),
    ("/evaluate AAPL MSFT", "One symbol at a time, please. Try /evaluate AAPL."),
    ("/evaluate NOSUCH", "No price source knows NOSUCH."),
    ("/compare AAPL", "I compare 2 to 4 different symbols. Try /compare AAPL MSFT."),
    ("/compare AAPL AAPL", "I compare 2 to 4 different symbols."),
    ("/compare A B C D E F", "I compare 2 to 4 different symbols."),
    ("/cancel", "Which job? /jobs lists them by number. Try /cancel 12."),
    ("/cancel 99", "There is no open job 99."),
    ("/cancel ٣", "Which job?"),
    ("/train <i>", "“<i>” is not a symbol."),
    ("/tune", "Which symbol, and which search? Try /tune AAPL or /tune AAPL grid."),
    (
        "/predict US0378331005",
        "US0378331005 is an ISIN, and only the search of a price source knows those; none found it.",
    ),
    ("/allow", "Which chat? I need its id. Try /allow 123456789."),
    ("/allow everybody", "Which chat? I need its id."),
    ("/nonsense", "I answer to commands: try /predict AAPL"),
    ("hello", "I answer to commands: try /predict AAPL"),
)


async def test_each_gets_its_sentence_and_the_next_message_is_served(tmp_path: Path) -> None:
    crowd = tuple(Person(id=1000 + number, first_name=f"P{number}") for number in range(12))
    admins = frozenset(person.id for person in crowd)
    async with stage(tmp_path, people=crowd, groups=(), admins=admins) as crowded:  # each chat takes 1 answer a second
        for number, (typed, sentence) in enumerate(SENTENCES):
            answer = await crowded.ask(typed, crowd[number % len(crowd)])
            assert sentence in answer.text, typed
            assert len(answer.text) < 400
            assert not answer.photo
        assert crowded.app.services.job_store.recent() == ()
        assert (await crowded.ask("/predict AAPL", crowd[-1])).photo


async def test_ten_thousand_characters_are_one_sentence_too(on_stage: Stage) -> None:
    with pytest.raises(ApiError, match="too long"):  # Telegram itself lets no more than 4096 through
        on_stage.write("/predict " + "A" * 10_000)
    assert "is not a symbol" in (await on_stage.ask("/predict " + "🙂A" * 1300)).text


async def test_a_button_of_another_version_is_answered_kindly(on_stage: Stage) -> None:
    answer = await on_stage.ask("/predict AAPL")
    chat = on_stage.chat.state.chat(ADA.id)
    old = replace_buttons(answer, "0|predict|AAPL|10")
    chat.messages[answer.message_id] = old
    assert "older version" in await on_stage.press(old, "old")
    broken = replace_buttons(answer, "1|predict|AAPL|21")
    chat.messages[answer.message_id] = broken
    assert "1 to 20 sessions" in await on_stage.press(broken, "old")


def replace_buttons(message: Message, data: str) -> Message:
    """The message with one button that carries something else."""
    return replace(message, keyboard=InlineKeyboard(((Button("old", data),),)))
