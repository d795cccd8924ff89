"""Cuts a text that is too long for one message, at its lines."""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Final

TEXT_LENGTH: Final = 4096
"""Bot API, sendMessage.text: 1-4096 UTF-16 units after entities are parsed."""
CAPTION_LENGTH: Final = 1024
"""Bot API, sendPhoto.caption: 0-1024 UTF-16 units, likewise."""
_TAG: Final = re.compile(r"<[^>]*>")
_LONGEST_CUT: Final = CAPTION_LENGTH // 2
"""Characters that fit everywhere, even if each is two UTF-16 units long."""


def parts(text: str, first: int = TEXT_LENGTH) -> tuple[str, ...]:
    """Cut HTML into pieces of at most `first`, then 4096 UTF-16 units; whatever has a tag open ends on its own line.

    A single line that is too long loses its tags and is cut anywhere.
    """
    pieces = [""]
    for line in _short_lines(text):
        longer = f"{pieces[-1]}\n{line}" if pieces[-1] else line
        if units(longer) <= (first if len(pieces) == 1 else TEXT_LENGTH):
            pieces[-1] = longer
        else:
            pieces.append(line)
    return tuple(stripped for piece in pieces if (stripped := piece.strip("\n")))


def units(text: str) -> int:
    """How long Telegram takes HTML to be: the UTF-16 units of what people see."""
    return len(unescape(_TAG.sub("", text)).encode("utf-16-le")) // 2


def _short_lines(text: str) -> Iterator[str]:
    """The lines, and those that fit nowhere in plain pieces."""
    for line in text.split("\n"):
        if units(line) <= CAPTION_LENGTH:
            yield line
            continue
        plain = unescape(_TAG.sub("", line))
        yield from (escape(plain[start : start + _LONGEST_CUT]) for start in range(0, len(plain), _LONGEST_CUT))
