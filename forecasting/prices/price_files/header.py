"""Which column of a price file means what, by the header names of the tools that people use."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from forecasting.errors import BadPriceFile
from forecasting.prices.price_files.cells import Role, quoted

NEEDED: Final = "The first line names the columns: Date,Open,High,Low,Close,Volume, or at least Date,Close."
MAX_COLUMNS: Final = 5000
"""yfinance's `download` writes five for each symbol."""
NAMES: Final[Mapping[Role, tuple[str, ...]]] = MappingProxyType(
    {
        "date": (
            *("date", "datetime", "timestamp", "datum", "day", "tag", "tradedate", "tradingday", "observationdate"),
            *("exchangedate", "gmttime", "localtime", "fecha", "data", "time", "zeit"),
        ),
        "time": ("time", "zeit", "uhrzeit"),
        "symbol": ("ticker", "symbol"),
        "open": (
            *("open", "eröffnung", "eröffn", "eroeffnung", "erffnung", "erster", "openprice", "openingprice", "pxopen"),
            *("ouverture", "ouv", "apertura", "abertura"),
        ),
        "high": (
            *("high", "hoch", "tageshoch", "highprice", "pxhigh"),
            *("plushaut", "haut", "máximo", "massimo", "máxima"),
        ),
        "low": ("low", "tief", "tagestief", "lowprice", "pxlow", "plusbas", "bas", "mínimo", "minimo", "mínima"),
        "close": (
            *("close", "closelast", "closeclosepriceadjustedforsplits", "schluss", "schlusskurs", "closeprice"),
            *("closingprice", "pxlast", "zuletzt", "last", "price", "kurs", "clôture", "dernier", "cierre", "último"),
            *("fechamento", "chiusura", "ultimo"),
        ),
        "adjusted": (
            *("adjclose", "adjustedclose", "adjcloseprice", "adjustedcloseprice"),
            "adjcloseadjustedclosepriceadjustedforsplitsanddividendandorcapitalgaindistributions",
        ),
        "volume": ("volume", "vol", "stücke", "stuecke", "volumen", "stck", "totalvolume", "pxvolume", "tickvol"),
    }
)
"""Names without their punctuation, in small letters; the first of a line that a file has counts.

`Stücke` goes before `Volumen`, which is money where a file has both.
"""
_PRICES: Final[tuple[Role, ...]] = ("open", "high", "low")
_NUMBERED: Final = re.compile(r"^\d+\.\s*")
"""Alpha Vantage's `1. open`."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns are."""

    columns: Mapping[Role, int]
    width: int  # columns of the file
    names: tuple[str, ...]  # as they are written


def key(name: str) -> str:
    """A column's name without numbering, punctuation and capitals: `Adj Close**` is `adjclose`."""
    bare = _NUMBERED.sub("", unicodedata.normalize("NFC", name).strip())
    return "".join(character for character in bare.lower() if character.isalnum())


def header_of(names: Sequence[str]) -> Header | None:
    """The columns that the names of one line stand for; None where they name no dates and closes."""
    if len(names) > MAX_COLUMNS:
        return None
    keys = [key(name) for name in names]
    columns: dict[Role, int] = {}
    for role, aliases in NAMES.items():
        place = next((keys.index(alias) for alias in aliases if alias in keys), None)
        if place is not None and place not in columns.values():
            columns[role] = place
    _infer(columns, keys)
    if not {"date", "close"} <= columns.keys():
        return None
    return Header(columns, _width(names), tuple(names))


def _infer(columns: dict[Role, int], keys: Sequence[str]) -> None:
    """Name what some tools leave to the reader."""
    volume = next((place for place, name in enumerate(keys) if name.startswith("volume")), None)
    if volume is not None:  # "Volume BTC"
        columns.setdefault("volume", volume)
    if "date" not in columns and keys and not keys[0] and {"close", *_PRICES} <= columns.keys():  # pandas' index
        columns["date"] = 0
    if columns.keys() == {"date"} and len(keys) == 2:  # noqa: PLR2004 - FRED names its one series by the symbol
        other = 1 - columns["date"]
        if keys[other][:1].isalpha():
            columns["close"] = other


def require_complete(header: Header, file: str, line: int) -> None:
    """Refuse a header that would leave something to guess.

    Raises:
        BadPriceFile: some of open, high and low are missing, or a needed column is there twice.
    """
    found = [role for role in _PRICES if role in header.columns]
    lacking = [role for role in _PRICES if role not in header.columns]
    if found and lacking:
        raise BadPriceFile(file, line, f"the column {lacking[0].capitalize()} is missing.", NEEDED)
    keys = [key(name) for name in header.names]
    for place in header.columns.values():
        if keys[place] and keys.count(keys[place]) > 1:
            raise BadPriceFile(file, line, f"there are two columns {quoted(header.names[place])}.", "Keep one of them.")


def _width(names: Sequence[str]) -> int:
    """How many columns there are; delimiters at the end of the line make none."""
    return max((place + 1 for place, name in enumerate(names) if name.strip()), default=0)
