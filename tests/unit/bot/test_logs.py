"""Every line that is written, in both forms, without a secret."""

import json
import logging
import sys
from typing import Literal

import pytest

from bot.ops.logs import MASK, MaskingFormatter

SECRET = "123456:never-shown"


def written(log_format: Literal["text", "json"]) -> str:
    """One record that holds the secret everywhere it could be."""
    try:
        int(SECRET)
    except ValueError:
        trace = sys.exc_info()
    words = "asked https://api.telegram.org/bot%s/getMe"
    record = logging.LogRecord("test", logging.ERROR, __file__, 1, words, (SECRET,), trace)
    return MaskingFormatter([SECRET, "never"], log_format).format(record)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_secrets_are_masked_in_messages_and_tracebacks(log_format: Literal["text", "json"]) -> None:
    line = written(log_format)
    assert SECRET not in line
    assert "never" not in line
    assert f"https://api.telegram.org/bot{MASK}/getMe" in line
    assert f"'{MASK}'" in line


def test_json_lines_can_be_read_by_machines() -> None:
    entry = json.loads(written("json"))
    assert (entry["level"], entry["logger"]) == ("ERROR", "test")
    assert entry["at"].endswith("+00:00")
    assert "Traceback" in entry["traceback"]
