"""Symbols as people type them, brought to the one spelling that every source and table uses."""

import re
from typing import Final

from forecasting.errors import InputError

MAX_LENGTH: Final = 20
EXAMPLES: Final = "AAPL, BRK-B, 7203.T, ^GSPC, BTC-USD or EURUSD=X"
_SYMBOL: Final = re.compile(r"\^?[A-Z0-9]+(?:[.&_-][A-Z0-9]+)*(?:=[XF])?")
_ISIN: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{9}[0-9]")
_CURRENCY_PAIR: Final = re.compile(r"([A-Z]{3})[/-]?([A-Z]{3})")
_CODES: Final = (
    "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN MYR NOK NZD PHP PLN RON SEK SGD THB TRY TWD "
    "USD ZAR"
)
_CURRENCIES: Final = frozenset(_CODES.split())
_SHARE_CLASS: Final = re.compile(r"([A-Z]{1,5})\.([A-EG-KM-SU-UW-Z])")
"""A share class after a dot; L, T, F and V are exchanges there (London, Tokyo, Frankfurt, TSX Venture)."""


def normalise(text: str) -> str:
    """Bring a typed symbol to its one spelling: `brk.b`, `BRK/B` and `$BRK-B` all become `BRK-B`.

    Letters become capitals, a leading `$` goes, and a share class is joined by a hyphen, as Yahoo spells it;
    suffixes of exchanges (`7203.T`), indices (`^GSPC`), pairs (`BTC-USD`, `EURUSD=X`) and futures (`GC=F`) stay.
    Two currencies are the rate of the one in the other: `EUR/USD` and `eurusd` become `EURUSD=X`.

    Raises:
        InputError: the text cannot be a symbol.
    """
    typed = text.strip()
    if not typed:
        message = "A symbol is missing."
        raise InputError(message, f"Type one, such as {EXAMPLES}.")
    spelled = typed.removeprefix("$").upper() if typed.isascii() else ""
    symbol = _currency_pair(spelled) or spelled.replace("/", "-")
    if len(symbol) > MAX_LENGTH or not _SYMBOL.fullmatch(symbol):
        message = f"“{_shortened(typed)}” is not a symbol."
        raise InputError(message, f"Type one such as {EXAMPLES}.")
    if is_isin(symbol):
        message = f"{symbol} is an ISIN."
        raise InputError(message, "Type the symbol it trades under, or the company's name.")
    share = _SHARE_CLASS.fullmatch(symbol)
    return "-".join(share.groups()) if share else symbol


def is_isin(text: str) -> bool:
    """Whether the text has the form of an ISIN, which names a security and no listing of it."""
    return bool(_ISIN.fullmatch(text.strip().upper()))


def is_symbol(text: str) -> bool:
    """Whether the text is a symbol in its one spelling already."""
    try:
        return normalise(text) == text
    except InputError:
        return False


def _currency_pair(spelled: str) -> str:
    """Yahoo's symbol of an exchange rate, or nothing where these are not two currencies."""
    pair = _CURRENCY_PAIR.fullmatch(spelled)
    one, other = pair.groups() if pair else ("", "")
    return f"{one}{other}=X" if one != other and {one, other} <= _CURRENCIES else ""


def _shortened(text: str) -> str:
    """The text's first characters, on one line: enough to recognise it by."""
    line = "".join(character if character.isprintable() else " " for character in text[: MAX_LENGTH + 1])
    return line if len(line) <= MAX_LENGTH else f"{line[:MAX_LENGTH]}…"
