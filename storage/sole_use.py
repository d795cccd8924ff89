"""One bot on one database: two would send every push twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from forecasting.errors import StorageError


@contextmanager
def sole_use(database: Path) -> Iterator[None]:
    """Keep other bots off a database while the block runs; the system lets go however the process ends.

    Raises:
        StorageError: another bot is running on it.
    """
    lock = FileLock(f"{database}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise StorageError(f"Another bot is running on {database}.", "Stop it, or set another DATABASE.") from None
    try:
        yield
    finally:
        lock.release()
