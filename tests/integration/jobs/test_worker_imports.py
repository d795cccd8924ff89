"""A worker imports nothing of the bot, however the bot was started."""

import os
import subprocess
import sys
from pathlib import Path

from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parents[3]
PRINT_IMPORTS = """
    from tests.integration.jobs.worker_imports import print_worker_imports
    print_worker_imports()
"""


def worker_of(*command: str) -> str:
    """What a worker of a Python program has imported of the bot's packages."""
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    return done.stdout.strip()


def script(folder: Path, imports: str) -> str:
    """A script as installers write them for `fanchart`, which looks at a worker instead of serving."""
    path = folder / "fanchart"
    path.write_text(f"{imports}\nif __name__ == '__main__':{PRINT_IMPORTS}", encoding="utf-8")
    return str(path)


def test_python_m_bot() -> None:
    """`-m` leaves the module of that name as the main one."""
    main = "import sys\nimport bot.__main__\nsys.modules['__main__'] = bot.__main__\nif True:"
    assert worker_of("-c", main + PRINT_IMPORTS) == ""


def test_the_script_that_an_installer_writes(tmp_path: Path) -> None:
    """A worker runs the imports of a script again: bot and bot.__main__, and nothing that they do not import."""
    assert worker_of(script(tmp_path, "from bot.__main__ import main")) == "bot"


def test_a_script_that_imports_the_bot_outright_is_found_out(tmp_path: Path) -> None:
    assert worker_of(script(tmp_path, "import bot.app")) == "bot matplotlib storage telegram"
