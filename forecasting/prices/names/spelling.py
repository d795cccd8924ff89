"""Pure: two spellings of one name meet in one key: case, accents, punctuation, spaces and legal forms do not count."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_OWN_LETTERS: Final = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
)
"""Letters that Unicode takes for letters of their own; people type the plain ones."""
_JOINED: Final = re.compile("[.'\u2019`\u00b4]")
_APART: Final = re.compile(r"[^a-z0-9\n]+")
_DIGRAPHS: Final = re.compile(r"([aou])e")
_IN_BRACKETS: Final = re.compile(r"\([^)\n]*\)")
_FORMS: Final = (
    "inc incorporated corp corporation co company companies plc ltd limited llc lp ag se sa nv bv ab asa as a oyj kgaa "
    "spa aktiengesellschaft gruppe group holding holdings the and class b c h common stock shares pref publ usd"
)
_LEGAL_FORMS: Final = frozenset(_FORMS.split())
"""Words that people leave out at the end of a name; "usd" ends the names of coins."""


def key(text: str) -> str:
    """What every spelling of a name has in common: `Johnson & Johnson` and `johnson and johnson` are one."""
    [words] = all_words([text.replace("\n", " ")])
    return "".join(words)


def cores(names: Sequence[str]) -> list[list[str]]:
    """The words that people say of each name: `Walt Disney Company (The)` gives walt, disney."""
    without = _IN_BRACKETS.sub(" ", "\n".join(names)).split("\n")
    return [_core(words) for words in all_words(without if names else [])]


def all_words(names: Sequence[str]) -> list[list[str]]:
    """Each name's words in plain small letters and digits; "&" and "and" are none. All at once is ten times faster."""
    text = _JOINED.sub("", "\n".join(names)).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_OWN_LETTERS)).encode("ascii", "ignore").decode()
    lines = _APART.sub(" ", text).split("\n") if names else []
    return [[word for word in line.split() if word != "and"] for line in lines]


def without_digraphs(spelling: str) -> str:
    """A key with ae, oe and ue as people type ä, ö and ü on other keyboards: `muenchener` gives munchener."""
    return _DIGRAPHS.sub(r"\1", spelling)


def _core(words: list[str]) -> list[str]:
    first = 1 if len(words) > 1 and words[0] == "the" else 0
    last = len(words)
    while last > first + 1 and words[last - 1] in _LEGAL_FORMS:
        last -= 1
    return words[first:last]
