"""What holds for all tests.

Hypothesis asserts no wall-clock time and tries the same examples every time; Ctrl-C works as at a keyboard; and every
SQLite connection is closed by whoever opened it.
"""

import signal
import sqlite3
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings

import storage

settings.register_profile("fanchart", deadline=None, derandomize=True, database=None)
settings.load_profile("fanchart")

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A script's `make test &` starts with SIGINT ignored, and the processes that tests start would ignore it as well."""

_opened: list[tuple[sqlite3.Connection, str]] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    """Keep every connection with where it was opened."""
    if event == "sqlite3.connect/handle" and isinstance(connection := arguments[0], sqlite3.Connection):
        _opened.append((connection, "".join(traceback.format_stack(limit=12)[:-1])))


sys.addaudithook(_note)


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[storage.Stores]:
    """Every store of an empty database."""
    with closing(storage.open(tmp_path / "fanchart.db")) as opened:
        yield opened


@pytest.fixture(scope="module", autouse=True)
def every_connection_is_closed() -> Iterator[None]:
    """Fail what leaves one open, at once and on every Python: `ResourceWarning` waits for the garbage collector."""
    _opened.clear()
    yield
    left = [where for connection, where in _opened if _is_open(connection)]
    _opened.clear()
    assert not left, f"{len(left)} SQLite connections were left open; the first one:\n{left[0]}"


def _is_open(connection: sqlite3.Connection) -> bool:
    try:
        return connection.total_changes >= 0
    except sqlite3.ProgrammingError:  # "Cannot operate on a closed database."
        return False
