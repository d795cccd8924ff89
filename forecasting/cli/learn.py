"""`pretrain` and `tune`: hand the words to the learning package, which alone knows TensorFlow."""

from importlib import import_module
from typing import Final, Protocol

from forecasting.cli.arguments import Learn

COMMANDS: Final = {"pretrain": "forecasting.learning.pretraining", "tune": "forecasting.learning.tuning"}
"""Modules with a `main` for their command's words, imported by name: this process is a worker of its own."""


class _Main(Protocol):
    def __call__(self, words: tuple[str, ...]) -> None: ...


def learn(command: Learn) -> None:
    """Run a training to its end.

    Raises:
        FanchartError: what the training raised.
    """
    main: _Main = import_module(COMMANDS[command.task]).main
    main(command.words)
