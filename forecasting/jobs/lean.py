"""Spawned processes that do not import the program that started them: a worker needs none of the bot."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock
from types import ModuleType

_hiding = Lock()


class LeanProcess(SpawnProcess):
    """A spawned process without the parent's main module, which costs 3 s and 150 MB where that is the bot.

    Nothing that is defined in the main module can be sent to it.
    """

    def start(self) -> None:
        """Start the process."""
        with _main_hidden():
            super().start()


class LeanContext(SpawnContext):
    """The multiprocessing context of such processes."""

    Process = LeanProcess


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Put an empty main module in the place of the real one: `spawn` then has nothing to import again."""
    with _hiding:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main
