"""The bot is built from settings; what cannot be built leaves nothing open (`tests/conftest.py` looks)."""

from pathlib import Path

import pytest
from sqlite_utils import Migrations

from bot.app import build
from bot.localchat import LocalChat
from forecasting.errors import StorageError
from storage.database import Database
from tests.e2e.bot.stage import settings_for
from tests.fakes import ManualWorkers


async def test_a_database_of_a_newer_version_stops_the_bot_and_is_closed(tmp_path: Path) -> None:
    newer = Migrations("fanchart")
    newer(name="from_the_future")(lambda _: None)
    settings = settings_for(LocalChat(), tmp_path, price_sources="simulated")
    with Database.connect(settings.database) as database:
        database.migrate(newer)
    with pytest.raises(StorageError, match="newer version"):
        build(settings, workers=ManualWorkers())
