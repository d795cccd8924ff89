"""Logging: text for people or JSON for machines, and no secret in either."""

import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal, TextIO

MASK: Final = "***"
_VERBOSE: Final = ("httpx", "httpcore", "apscheduler", "yfinance", "peewee", "matplotlib")
"""Libraries that log every single request at INFO; httpx even logs addresses, which hold the token."""


class MaskingFormatter(logging.Formatter):
    """A formatter that masks secrets in everything that is written, tracebacks included."""

    def __init__(self, secrets: Iterable[str], log_format: Literal["text", "json"] = "text") -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
        self._secrets = tuple(sorted(secrets, key=len, reverse=True))
        self._log_format = log_format

    def format(self, record: logging.LogRecord) -> str:
        """One record as a line (text may span several, with a traceback)."""
        line = self._json(record) if self._log_format == "json" else super().format(record)
        for secret in self._secrets:
            line = line.replace(secret, MASK)
        return line

    def _json(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def configure_logging(stream: TextIO, secrets: Iterable[str], log_format: Literal["text", "json"] = "text") -> None:
    """Send every logger's INFO and above to a stream, without secrets; verbose libraries log from WARNING on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter(secrets, log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _VERBOSE:
        logging.getLogger(name).setLevel(logging.WARNING)
