"""One bot on one database at a time, and never locked out by one that was killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from forecasting.errors import StorageError
from storage import sole_use
from tests.e2e.bot.stage import stage

HOLD = """
import sys, time
from pathlib import Path
from storage import sole_use
with sole_use(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_bot_is_told_and_the_first_ones_death_lets_it_in(tmp_path: Path) -> None:
    path = tmp_path / "fanchart.db"
    with subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match="Another bot is running on"), sole_use(path):
            pass
        first.kill()
    with sole_use(path):
        pass


async def test_two_bots_do_not_push_from_one_database(tmp_path: Path) -> None:
    async with stage(tmp_path):
        with pytest.raises(StorageError, match="Another bot"):
            async with stage(tmp_path):
                pass
    async with stage(tmp_path):
        pass
