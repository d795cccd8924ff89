"""One name for one thing, and the field's: no word of the old dialect is left in code, comments, docs or tests."""

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDERS = ("bot", "forecasting", "storage", "tests", "benchmarks")
HERE = Path(__file__).resolve()
REDESIGN = ROOT / "docs" / "decisions" / "0050-plain-words-and-rooms.md"
"""The record of the redesign, which names what is gone."""

MODULES = {
    *("due", "ahead", "refusals", "job_watch", "door", "lean", "guard", "moves", "served", "wishes", "push_side"),
    *("telegram_side", "parts", "echoes", "law", "truth", "rows", "checks", "turnstile", "pace", "shelf", "desk"),
    *("trainings", "memory", "context", "pictures", "watches", "briefs", "post", "places"),
}
NAMES = {
    *("Wish", "Wishes", "wanted_at", "Brief", "Briefs", "_Told", "Post", "NotYet", "Pace", "Turnstile", "pass_through"),
    *("_held", "_hold", "to_its_end", "ahead", "send_part", "retell", "tell", "told", "follow", "Watch", "ticket"),
    *("_Seat", "_Line", "_in_our_words", "_Voice", "PriceDesk", "TrainingDesk", "PriceShelf", "Shelf", "Desk"),
    *("say", "said", "standing", "Standing", "meet", "Kept", "speaks", "looked", "rests_until", "has_news"),
    *("push_side", "PushSide", "PushTables", "telegram_side", "_SILENCE", "LEAST_S", "MOST", "ENOUGH", "LATEST"),
    "KEPT",
    *("Law", "echoes", "law", "truth", "retold", "_retell", "_tell", "JobWatch", "WatchStore", "Refusals"),
}
PROSE = re.compile(
    r"\b(?:Wish(?:es)?|wishes|Turnstile|turnstile|Voice|_Voice|Desks?|desks?|Shelf|shelf|shelves|_Seat|retell\w*|retold|"
    r"to_its_end|pass_through|JobWatch|PushTables)\b|in our words|Take the walls|"
    r"This search cannot be meant|did not end well|Telegram and I had trouble talking"
)


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if path != HERE)


def names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every class, function, and name that a module or class binds, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.lineno, node.name
        if isinstance(node, ast.ClassDef | ast.Module):
            yield from bound(node.body)


def bound(body: Sequence[ast.stmt]) -> Iterator[tuple[int, str]]:
    """The names that statements bind, but for what is inside of functions and classes."""
    for statement in body:
        if not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
            yield from ((node.lineno, node.id) for node in stored if isinstance(node.ctx, ast.Store))


def rooms(path: Path) -> set[str]:
    """The names of a file and of every folder that it is in."""
    return {part.removeprefix("test_") for part in path.relative_to(ROOT).with_suffix("").parts}


def test_the_old_words_are_found_wherever_they_name_something() -> None:
    source = (
        "class Wish:\n def tell(self): pass\nif True:\n A, MOST = 1, 2\nwith open('x') as told: pass\nKEPT: int = 1"
    )
    assert {name for _, name in names(ast.parse(source))} & NAMES == {"Wish", "tell", "MOST", "told", "KEPT"}
    assert rooms(ROOT / "bot" / "wishes" / "test_desk.py") & MODULES == {"wishes", "desk"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_is_named_in_the_old_dialect(folder: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sources()
        if path.relative_to(ROOT).parts[0] == folder
        for line, name in names(ast.parse(path.read_text("utf-8")))
        if name in NAMES
    ]
    assert found == []


def test_no_module_is_named_in_the_old_dialect() -> None:
    """`tests/` names its files after what they test."""
    found = [str(path.relative_to(ROOT)) for path in sources() if rooms(path) & MODULES]
    assert found == []


def test_no_prose_is_written_in_the_old_dialect() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in (*sources(), *pages)
        if path != REDESIGN
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for match in PROSE.finditer(line)
    ]
    assert found == []
