"""The import contracts can fail: what they forbid is planted in a copy of the code, and found there."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINTER = Path(sys.executable).with_name("lint-imports")


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that the contracts are about."""
    folder = tmp_path_factory.mktemp("code")
    for package in ("bot", "forecasting", "storage"):
        ignored = shutil.ignore_patterns("__pycache__", "static", "*.fanchart")
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(code: Path) -> str:
    """What the linter says of the copy; empty where every contract is kept."""
    command = [str(LINTER), "--no-logo", "--no-cache"]
    environment = {"PATH": "", "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    return ended.stdout + ended.stderr if ended.returncode else ""


@pytest.mark.parametrize(
    ("file", "planted", "told"),
    [
        ("bot/handlers/about.py", "import bot.application", "bot.handlers.about -> bot.application"),
        ("bot/push/schedule.py", "import storage.database", "bot.push.schedule -> storage.database"),
        ("bot/__main__.py", "import storage", "bot.__main__ -> storage"),
        ("forecasting/settings.py", "import yfinance", "forecasting.settings -> yfinance"),
        ("bot/stray.py", "import bot.settings", "bot.stray"),
        (
            "forecasting/model/features.py",
            "import forecasting.prices.exchanges.calendars",
            "forecasting.model.features",
        ),
        ("forecasting/stray.py", "import forecasting.types.bars", "forecasting.stray"),
        ("forecasting/forecasts.py", "import forecasting.learning.network", "forecasting.forecasts"),
    ],
)
def test_what_the_contracts_forbid_is_found(code: Path, file: str, planted: str, told: str) -> None:
    path = code / file
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{planted}\n", "utf-8")
    try:
        assert told in broken(code)
    finally:
        path.unlink()
        if before is not None:
            path.write_text(before, "utf-8")


def test_the_code_as_it_stands_keeps_them_all(code: Path) -> None:
    assert broken(code) == ""
