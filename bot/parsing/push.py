"""Pure: commands about the push become values, or a `UsageError` with what to type."""

import re
from dataclasses import dataclass
from datetime import time
from typing import Final

from bot.chats.types import QuietHours
from bot.parsing.arguments import UsageError, arguments, whole_number
from bot.parsing.listing_names import checked, distinct, read_names
from bot.push.types import AlertKind, When
from forecasting.prices.names.matching import name_matcher
from forecasting.prices.resolution import is_clearly_symbol

MAX_AT_ONCE: Final = 10
"""Of one command."""
_MAX_PLACE_LENGTH: Final = 60
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.h]([0-5][0-9])", re.ASCII)
_ALMOST_CLOCK: Final = re.compile(r"[0-9]{1,4}(?:[:.][0-9]*)?(?:am|pm)?", re.ASCII | re.IGNORECASE)
"""Meant as a time of day, but not one: `830`, `8am`, `25:00`; no symbol looks like that."""
_SPAN: Final = re.compile(r"\s*(\S+?)\s*(?:-|\u2013|to)\s*(\S+)\s*")
_PERCENT: Final = re.compile(r"([0-9]{1,2})\s*%?", re.ASCII)
_PRICE: Final = re.compile(r"\$?([0-9]{1,12}(?:\.[0-9]{1,8})?)", re.ASCII)
_CONDITION: Final = re.compile(
    r"(.+?) ((?:80|95) ?%|chance [0-9]+ ?%?|\$?[0-9][0-9,]*(?:\.[0-9]+)?)", re.ASCII | re.IGNORECASE
)
"""A name, and what to watch it for."""
_BANDS: Final = {"80%": 0.8, "95%": 0.95}
_SUBSCRIBE: Final = ("/subscribe AAPL", "/subscribe AAPL 08:30")
_ALERT: Final = ("/alert AAPL", "/alert AAPL 95%", "/alert AAPL chance 60", "/alert AAPL 250")


@dataclass(frozen=True, slots=True)
class Subscribe:
    """/subscribe NAME ... [HH:MM | close | open]."""

    names: tuple[str, ...]  # symbols or names, as they were typed
    when: When


@dataclass(frozen=True, slots=True)
class AlertRequest:
    """/alert NAME with what to watch it for."""

    name: str  # a symbol or a name, as it was typed
    kind: AlertKind
    level: float  # the band's probability, a chance (0..1), or a price


def parse_subscribe(text: str) -> Subscribe:
    """Read `/subscribe AAPL`, `/subscribe boeing 08:30` or `/subscribe AAPL MSFT open`; after the close by default.

    Raises:
        InputError: there is no symbol, or one that cannot be, or too many, or a time that is none.
    """
    words = arguments(text)
    when = parse_when(words[-1]) if words else None
    if when is None and len(words) > 1 and _ALMOST_CLOCK.fullmatch(words[-1]) and not _is_name(words):
        raise UsageError("A time looks like 08:30 or 17:00.", *_SUBSCRIBE)
    names = _followed(words[:-1] if when else words)
    if not names:
        raise UsageError("Which symbol?", *_SUBSCRIBE)
    if len(names) > MAX_AT_ONCE:
        raise UsageError(f"At most {MAX_AT_ONCE} symbols at once, please.", *_SUBSCRIBE)
    return Subscribe(names, when or "close")


def parse_when(word: str) -> When | None:
    """Read `08:30`, `8.30`, `close` or `open`; None for anything else."""
    if word.lower() == "close":
        return "close"
    return "open" if word.lower() == "open" else _clock(word)


def parse_quiet(text: str) -> QuietHours | None:
    """Read `/quiet 22:00-07:00`, or `/quiet off` as None.

    Raises:
        UsageError: it is neither.
    """
    words = text.partition(" ")[2].strip()
    if words.lower() == "off":
        return None
    span = _SPAN.fullmatch(words)
    starts, ends = (_clock(span[1]), _clock(span[2])) if span else (None, None)
    if starts is None or ends is None or starts == ends:
        raise UsageError("From when to when should it be quiet?", "/quiet 22:00-07:00", "/quiet off")
    return QuietHours(starts, ends)


def parse_place(text: str) -> str:
    """Read the place of `/timezone Munich`; empty where there is none.

    Raises:
        UsageError: it is longer than any place's name.
    """
    place = " ".join(arguments(text))
    if len(place) > _MAX_PLACE_LENGTH:
        raise UsageError("That is too long for a city.", "/timezone Munich")
    return place


def parse_alert_id(text: str) -> int:
    """Read which alert a button names: `12`.

    Raises:
        UsageError: it names none.
    """
    number = whole_number(text)
    if number is None:
        raise UsageError("That button names no alert.", "/alerts")
    return number


def parse_alert(text: str) -> AlertRequest | str:
    """Read `/alert AAPL 95%`, `/alert AAPL chance 60`, `/alert AAPL 250`; of `/alert AAPL` the symbol or name alone.

    Raises:
        InputError: it is none of these.
    """
    words = arguments(text)
    if not words:
        raise UsageError("Which symbol?", *_ALERT)
    if _is_name(words):
        return checked(" ".join(words))
    name, condition = _condition_apart(words)
    return _alert(checked(name), condition) if condition else checked(name)


def _condition_apart(words: list[str]) -> tuple[str, str]:
    """The name and, in small letters, the condition behind it, if any."""
    found = _CONDITION.fullmatch(" ".join(words))
    if found:
        return found[1], found[2].lower()
    first, rest = words[0], " ".join(words[1:])
    return (first, rest.lower()) if rest and (is_clearly_symbol(first) or "%" in rest) else (" ".join(words), "")


def _followed(words: list[str]) -> tuple[str, ...]:
    """The names of a list: one of several words, or a word each where one of them is a symbol that is known."""
    names = read_names(words)
    if len(names) == 1 and not name_matcher().surely(names[0]) and any(map(is_clearly_symbol, words)):
        return distinct(words)
    return names


def _is_name(words: list[str]) -> bool:
    """Whether all of the words are one known name, the number in it included: `s&p 500`."""
    return name_matcher().exactly(" ".join(words)) is not None


def _alert(name: str, condition: str) -> AlertRequest:
    """Read what follows the name."""
    if band := _BANDS.get(condition.replace(" ", "")):
        return AlertRequest(name, "band", band)
    share = _PERCENT.fullmatch(condition.removeprefix("chance").strip())
    if condition.startswith("chance") and share and int(share[1]) > 0:
        return AlertRequest(name, "chance", int(share[1]) / 100)
    amount = _PRICE.fullmatch(condition.replace(",", ""))
    if amount and float(amount[1]) > 0:
        return AlertRequest(name, "price", float(amount[1]))
    raise UsageError("I watch for 80%, 95%, a chance, or a price.", *_ALERT)


def _clock(word: str) -> time | None:
    """Read a time of day."""
    found = _CLOCK.fullmatch(word)
    return time(int(found[1]), int(found[2])) if found else None
