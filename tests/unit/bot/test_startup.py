"""What starting the bot costs, what it must never import, and what stops it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Migrations

from bot.__main__ import main
from bot.app import build
from bot.localchat import LocalChat
from forecasting.errors import StorageError
from storage.database import Database
from tests.e2e.bot.stage import settings_for
from tests.fakes import ManualWorkers

IMPORTS = """
import sys
import bot.app
found = [name for name in ("tensorflow", "keras", "sklearn", "forecasting.learning", "arch") if name in sys.modules]
print(",".join(found))
"""

ENTRY_POINT = """
import sys
before = set(sys.modules)
import bot.__main__
came = set(sys.modules) - before
print(",".join(sorted(name for name in came if name.partition(".")[0] not in sys.stdlib_module_names)))
"""


def test_the_bot_process_loads_nothing_that_training_needs() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.strip() == ""


def test_a_worker_that_imports_the_entry_point_loads_nothing_with_it() -> None:
    """Spawned processes import the file that their parent was started with; every import there costs each of them."""
    done = subprocess.run([sys.executable, "-c", ENTRY_POINT], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.strip() == "bot,bot.__main__"


def test_a_missing_setting_is_one_line_on_stderr_and_exit_code_1(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "run"]
    environment = {"PATH": "/usr/bin:/bin", "TELEGRAM_TOKEN": "", "DATABASE": "/nowhere/at/all.db"}
    done = subprocess.run(  # noqa: S603 - our own command
        command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )
    assert done.returncode == 1
    assert done.stderr == "fanchart: TELEGRAM_TOKEN: Field required. docs/settings.md lists every setting.\n"
    assert done.stdout == ""


def test_a_port_that_cannot_be_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "--port", "99999"])
    assert "99999 is not between 0 and 65535" in capsys.readouterr().err


async def test_a_database_of_a_newer_version_stops_the_bot_and_is_closed(tmp_path: Path) -> None:
    newer = Migrations("fanchart")
    newer(name="from_the_future")(lambda _: None)
    settings = settings_for(LocalChat(), tmp_path, price_sources="simulated")
    with Database.connect(settings.database) as database:
        database.migrate(newer)
    with pytest.raises(StorageError, match="newer version"):
        build(settings, workers=ManualWorkers())
