"""`python -m forecasting` as a process of its own reads the bot's settings: from the environment and from `.env`."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Settings
from forecasting.prices.exchanges.calendars import sessions_between
from forecasting.settings import EngineSettings
from tests.factories import csv_text, price_history
from tests.integration.prices.loopback_tiingo import KEY, LoopbackTiingo, loopback_tiingo
from tests.integration.prices.loopback_yahoo import LoopbackYahoo, bars, loopback_yahoo
from tests.waiting import PATIENCE_S

TODAY = date(2024, 7, 3)
PREDICT = ("predict", "AAPL", "--as-of", str(TODAY), "--json")
Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def tiingo() -> Iterator[LoopbackTiingo]:
    with loopback_tiingo() as server:
        server.histories["AAPL"] = price_history("AAPL", 600)
        yield server


@pytest.fixture
def yahoo() -> Iterator[LoopbackYahoo]:
    with loopback_yahoo() as server:
        server.add(bars("AAPL", sessions_between("XNYS", date(2022, 1, 3), TODAY).tolist()))
        yield server


def run(folder: Path, *words: str, **settings: str) -> Ended:
    """The command, started in a folder, with no other settings in the environment than these."""
    names = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in names} | settings
    command = [sys.executable, "-m", "forecasting", *words]
    return subprocess.run(  # noqa: S603 - our own words
        command, capture_output=True, text=True, check=False, timeout=PATIENCE_S, cwd=folder, env=environment
    )


def answer(ended: Ended) -> Mapping[str, Any]:
    assert ended.returncode == 0, ended.stderr
    found: Mapping[str, Any] = json.loads(ended.stdout)
    return found


def test_tiingo_is_asked_with_the_key_of_the_environment(tiingo: LoopbackTiingo, tmp_path: Path) -> None:
    words = (*PREDICT, "--source", "tiingo")
    found = answer(run(tmp_path, *words, TIINGO_KEY=KEY, TIINGO_URL=tiingo.url))
    assert (found["source"], found["origin"]) == ("tiingo", "2024-07-03")
    refused = run(tmp_path, *words, TIINGO_KEY="wrong-key-77", TIINGO_URL=tiingo.url)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Tiingo cannot be reached (it refuses the key in TIINGO_KEY)." in refused.stderr
    assert "wrong-key-77" not in refused.stderr


def test_everything_can_stand_in_the_file_of_the_bot(tiingo: LoopbackTiingo, tmp_path: Path) -> None:
    lines = ("PRICE_SOURCES=tiingo", f"TIINGO_KEY={KEY}", f"TIINGO_URL={tiingo.url}", "TELEGRAM_TOKEN=1:of-the-bot")
    (tmp_path / ".env").write_text("\n".join(lines))
    assert answer(run(tmp_path, *PREDICT))["source"] == "tiingo"
    scores = answer(run(tmp_path, "evaluate", "--symbols", "AAPL", "--origins", "3", "--no-garch", "--json"))
    assert [card["symbol"] for card in scores["scorecards"]] == ["AAPL"]


def test_the_mirror_of_yahoo_is_asked(yahoo: LoopbackYahoo, tmp_path: Path) -> None:
    ended = run(tmp_path, *PREDICT, YAHOO_URL=yahoo.url)
    assert ended.stderr == ""  # neither do warnings of packages stand there
    found = answer(ended)
    assert (found["source"], found["origin"]) == ("yahoo", "2024-07-03")
    assert any("AAPL" in path for path in yahoo.requests)


def test_a_file_that_cannot_be_read_is_one_sentence_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "AAPL.csv").write_text(csv_text(price_history()).replace("2024-07-02", "13/25/2024"))
    ended = run(tmp_path, "predict", "AAPL", PRICE_SOURCES="csv:.")
    assert (ended.returncode, ended.stdout) == (2, "")
    sentence = "is a date of another kind than those of the other lines. Write dates as 2024-07-03."
    assert ended.stderr.strip() == f"AAPL.csv, line 1200: “13/25/2024” {sentence}"


def test_every_setting_of_prices_is_the_bot_s() -> None:
    values = {"yahoo_url": "http://127.0.0.1:1", "tiingo_key": "secret", "tiingo_url": "http://127.0.0.1:2"}
    engine = EngineSettings.model_validate(values)
    whole = Settings.model_validate({**values, "telegram_token": "1:token"})
    assert engine.source_access == whole.source_access
    assert engine.source_access["tiingo_url"] == "http://127.0.0.1:2/"
