"""What the suite itself promises, shown by small suites that have its conftest files."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]


def run(folder: Path, conftest: str, test: str, *before: str) -> "subprocess.CompletedProcess[str]":
    """A suite of one file in a process of its own, which finds no program but those in its folder."""
    (folder / "conftest.py").write_text((TESTS / conftest).read_text("utf-8"))
    (folder / "test_it.py").write_text(test)
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    command = [*before, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    environment = {"PATH": str(folder), "PYTHONPATH": str(TESTS.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours


CONNECTION = """
import sqlite3
connection = None
def test_it():
    global connection
    connection = sqlite3.connect(":memory:")
"""


@pytest.mark.parametrize(("more", "code"), [("", 1), ("    connection.close()\n", 0)])
def test_a_connection_that_is_left_open_is_told(tmp_path: Path, more: str, code: int) -> None:
    ended = run(tmp_path, "conftest.py", CONNECTION + more)
    assert ended.returncode == code, ended.stdout
    assert ("1 SQLite connections were left open" in ended.stdout) == bool(code)


CHILD = """
import subprocess, sys
def test_it():
    child = "import signal; assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    subprocess.run([sys.executable, "-c", child], check=True)
"""


def test_processes_that_a_suite_in_the_background_starts_end_at_ctrl_c(tmp_path: Path) -> None:
    ended = run(tmp_path, "conftest.py", CHILD, "/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh")
    assert ended.returncode == 0, ended.stdout


PAGES = "def test_one(chromium_path): pass\ndef test_other(chromium_path): pass\n"


def test_without_a_browser_the_last_line_tells_what_was_skipped_and_how_to_get_it(tmp_path: Path) -> None:
    last = run(tmp_path, "e2e/conftest.py", PAGES).stdout.splitlines()[-1]
    assert last == (
        "2 tests of the chat page were skipped: no browser was found. "
        "To run them: apt-get install chromium, then make test"
    )


def test_with_a_browser_the_last_line_is_that_of_pytest(tmp_path: Path) -> None:
    (tmp_path / "chromium").touch(0o755)
    assert run(tmp_path, "e2e/conftest.py", PAGES).stdout.splitlines()[-1].startswith("2 passed")


def make(folder: Path, *goals: str) -> "subprocess.CompletedProcess[str]":
    """Our Makefile in a folder, where no Python is on the PATH."""
    program = shutil.which("make")
    assert program, "make is one of the two things that a new user needs"
    (folder / ".ci").mkdir(exist_ok=True)
    for name in ("Makefile", ".ci/python", "pyproject.toml", "constraints.txt"):
        shutil.copy(TESTS.parent / name, folder / name)
    environment = {"PATH": str(folder)}
    return subprocess.run([program, *goals], cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours


def test_without_a_python_make_says_what_is_needed_and_touches_nothing(tmp_path: Path) -> None:
    kept = tmp_path / ".venv" / "kept"
    kept.parent.mkdir()
    kept.touch()
    ended = make(tmp_path, "install")
    assert ended.returncode != 0
    assert "Fanchart needs Python 3.11, 3.12 or 3.13" in ended.stdout
    assert "Making an environment" not in ended.stdout
    assert kept.exists()


def test_a_python_whose_path_has_a_space_makes_the_environment(tmp_path: Path) -> None:
    chosen = tmp_path / "a folder" / "python"
    chosen.parent.mkdir()
    chosen.symlink_to(sys.executable)
    ended = make(tmp_path, "--dry-run", "install", f"PYTHON={chosen}")
    assert ended.returncode == 0, ended.stderr
    assert f'"{chosen}" -m venv .venv' in ended.stdout
