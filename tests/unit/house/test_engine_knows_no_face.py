"""The engine and the storage speak neither chat nor command line: no slash commands, no words of Telegram."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from bot.view.text.fixed_texts import ADMIN_COMMANDS

ROOT = Path(__file__).parents[3]
COMMANDS = frozenset(command.command for command in ADMIN_COMMANDS) | {"start"}
CHAT_WORDS = re.compile(r"\b(?:telegram|chats?|bots?)\b", re.IGNORECASE)
SAYS_WHO_USES_IT = {"forecasting/__init__.py"}
"""Where it is said that the engine knows no Telegram."""


def files(*packages: str) -> Iterator[tuple[str, str]]:
    """Every file of some packages: its path and its text."""
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")


def literals(source: str) -> Iterator[str]:
    """Every text literal, docstrings and the constant parts of f-strings included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def comments(source: str) -> Iterator[str]:
    """Every comment."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def slash_commands(text: str) -> frozenset[str]:
    """The commands that a text names."""
    return COMMANDS & set(re.findall(r"(?<![\w/.}-])/([a-z]+)\b(?![/.\w])", text))


def test_no_text_of_the_engine_or_the_storage_names_a_command() -> None:
    found = [(path, text) for path, source in files("forecasting", "storage") for text in literals(source)]
    assert [(path, text) for path, text in found if slash_commands(text)] == []
    assert slash_commands("See the queue with /jobs, or /train AAPL.") == {"jobs", "train"}


def test_nothing_in_the_engine_speaks_of_the_chat() -> None:
    found = [
        (path, text)
        for path, source in files("forecasting")
        for text in (*literals(source), *comments(source))
        if path not in SAYS_WHO_USES_IT and CHAT_WORDS.search(text)
    ]
    assert found == []
