"""What the process does for itself: its log, its memory, and its command line."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.__main__ import DEFAULT_PORT, _parser
from bot.ops.logs import MASK, MaskingFormatter, configure_logging

SECRET = "123456:never-shown"
MEMORY = """
import gc, weakref
from bot.ops.malloc import release_early, collect
class Figure:
    pass
def circle():
    one, other = Figure(), Figure()
    one.other, other.one = other, one
    return weakref.ref(one)
gc.disable()
release_early()
print(gc.get_freeze_count() > 1000)
drawn = circle()
print(drawn() is not None)
collect()
print(drawn() is None)
"""


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was before once the test is over."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield logger
    logger.handlers[:], logger.level = handlers, level


def test_the_log_goes_to_one_place_in_one_form(root: logging.Logger) -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging(first, [SECRET])
    configure_logging(second, [SECRET], "json")
    logging.getLogger("bot.test").info("asked %s", SECRET)
    logging.getLogger("bot.test").debug("not for people")
    assert first.getvalue() == ""
    [line] = second.getvalue().splitlines()
    assert json.loads(line)["message"] == f"asked {MASK}"
    assert len(root.handlers) == 1


def test_libraries_that_log_every_request_are_calmed(root: logging.Logger) -> None:
    written = io.StringIO()
    configure_logging(written, [])
    for name in ("httpx", "httpcore.connection", "apscheduler.scheduler", "yfinance"):
        logging.getLogger(name).info("a request")
        logging.getLogger(name).warning("trouble")
    assert "a request" not in written.getvalue()
    assert written.getvalue().count("trouble") == 4
    assert root.level == logging.INFO


def test_a_secret_within_another_leaves_no_part_of_the_longer_one() -> None:
    formatter = MaskingFormatter(["abc", "abcdef"])
    record = logging.LogRecord("test", logging.INFO, __file__, 1, "abcdef and abc", None, None)
    assert formatter.format(record).endswith(f": {MASK} and {MASK}")


def test_a_line_of_json_holds_letters_of_every_language() -> None:
    record = logging.LogRecord("test", logging.INFO, __file__, 1, "Zürich 東京 %d", (5,), None)
    line = MaskingFormatter([], "json").format(record)
    assert "Zürich 東京 5" in line
    assert "traceback" not in json.loads(line)


def test_memory_that_is_free_is_found_although_the_rest_is_frozen() -> None:
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert done.stdout.split() == ["True"] * 3


@pytest.mark.parametrize("words", [[], ["fly"], ["demo", "--port"], ["demo", "--port", "x"], ["run", "now"]])
def test_a_command_line_that_means_nothing_ends_with_its_usage(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        _parser().parse_args(words)
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: fanchart")


def test_the_demo_has_a_port_unless_another_is_wanted() -> None:
    assert _parser().parse_args(["demo"]).port == DEFAULT_PORT == 8081
    assert _parser().parse_args(["demo", "--port", "9000"]).port == 9000
