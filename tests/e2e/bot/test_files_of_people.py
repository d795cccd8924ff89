"""Price files as people save them, through the bot: forecast as they are, or refused with the line to correct."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.localchat import Message
from forecasting.types.bars import PriceHistory
from tests.e2e.bot.stage import stage
from tests.factories import price_history

Write = Callable[[Path, PriceHistory], None]


def german_excel(folder: Path, history: PriceHistory) -> None:
    """As German Excel saves a table: semicolons, decimal commas, points between thousands, Windows' letters."""
    lines = ["Datum;Eröffnung;Hoch;Tief;Schluss;Volumen"]
    for row, day in enumerate(history.sessions.tolist()):
        bar = (column[row] for column in (history.open, history.high, history.low, history.close))
        cells = [f"{day:%d.%m.%Y}", *(f"{price:.6f}".replace(".", ",") for price in bar)]
        lines.append(";".join([*cells, f"{history.volume[row]:,.0f}".replace(",", ".")]))
    (folder / f"{history.symbol}.csv").write_bytes("\r\n".join(lines).encode("cp1252"))


def closes(folder: Path, history: PriceHistory) -> None:
    """Dates and closes alone, the newest first."""
    rows = zip(history.sessions.tolist(), history.close.tolist(), strict=True)
    lines = [f"{day:%m/%d/%Y},${close:.6f}" for day, close in rows]
    (folder / f"{history.symbol}.csv").write_text("\n".join(["Date,Close/Last", *lines[::-1]]))


def numbers_in(message: Message) -> str:
    """The caption up to the job that it announces, without the name of the symbol."""
    return message.text.partition("queued")[0].replace("DAX", "").replace("KO", "")


async def test_a_file_saved_by_german_excel_is_forecast_as_it_is(tmp_path: Path) -> None:
    prices = tmp_path / "prices"
    prices.mkdir()
    german_excel(prices, price_history("DAX", seed=2))  # the numbers of KO, which the stage writes in English
    async with stage(tmp_path) as running:
        german, english = await running.ask("/predict DAX"), await running.ask("/predict KO")
        assert german.photo
        assert numbers_in(german) == numbers_in(english)
        stored = running.app.services.prices.latest("DAX").history
        assert (stored.volume > 100_000).all()


async def test_a_file_with_an_ambiguous_date_is_refused_with_its_line_until_it_is_corrected(tmp_path: Path) -> None:
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "ODD.csv").write_text("Date,Close\n01/02/2024,100\n02/02/2024,101\n05/02/2024,99\n")
    async with stage(tmp_path) as running:
        answer = await running.ask("/predict ODD")
        sentence = "ODD.csv, line 2: “01/02/2024” may be 1 Feb 2024 or 2 Jan 2024: no line decides it."
        assert answer.text.startswith(sentence)
        assert answer.text.endswith("Write dates as 2024-07-03.")
        assert not answer.photo
        closes(prices, price_history("ODD"))
        corrected = await running.ask("/predict ODD")  # at once: the refusal is not remembered
        assert corrected.photo


@pytest.mark.parametrize("typed", ["/predict BAD", "/evaluate BAD", "/compare BAD KO"])
async def test_what_a_file_holds_is_shown_as_text_alone(tmp_path: Path, typed: str) -> None:
    prices = tmp_path / "prices"
    prices.mkdir()
    (prices / "BAD.csv").write_text("Date,Close\n2024-07-02,<b>&lt;\n2024-07-03,1\n")
    async with stage(tmp_path) as running:
        answer = await running.ask(typed)
        assert "BAD.csv, line 2: “<b>&lt;” is no number. Write numbers as 1234.56." in answer.text
