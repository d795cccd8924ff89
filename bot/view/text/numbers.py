"""Numbers as people read them: prices in their currency, percentages with a sign, dates and ages."""

from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from forecasting.prices.exchanges.codes import PERCENT

_SIGNS: Final = MappingProxyType(
    {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "CAD": "C$", "AUD": "A$", "HKD": "HK$"}
)
_MINOR: Final = MappingProxyType({"GBp": "p", "GBX": "p", "ZAc": "c", "ILA": "ag"})
"""Hundredths that exchanges quote in: pence in London, cents in Johannesburg, agorot in Tel Aviv."""
_WITHOUT_CENTS: Final = frozenset({"JPY", "KRW", "CLP", "HUF", "IDR", "ISK", "VND"})
_MINUTE_S: Final = 60
_DAY_H: Final = 24
_DAY_S: Final = _DAY_H * 60 * _MINUTE_S


def price(value: float, currency: str) -> str:
    """A price with its unit: `$227.52`, `4,120 p`, `¥3,150`, `0.00001234 BTC`; an index `5,537.02`, a rate `4.21%`."""
    number = bare_price(value, currency)
    if currency in _SIGNS:
        return f"{_SIGNS[currency]}{number}"
    if currency == PERCENT:
        return f"{number}%"
    unit = _MINOR.get(currency, currency)
    return f"{number} {unit}".strip()


def bare_price(value: float, currency: str) -> str:
    """A price without its currency, with as many decimals as its size calls for."""
    return f"{value:,.{_decimals(abs(value), currency)}f}"


def _decimals(size: float, currency: str) -> int:
    """None for large prices and for nothing, 2 for everyday ones, and for small ones enough to show 4 digits."""
    if (currency in _WITHOUT_CENTS or currency in _MINOR) and size >= 10:  # noqa: PLR2004 - two digits before the point
        return 0 if size >= 1000 else 1  # noqa: PLR2004 - four digits before the point are enough
    if size >= 10_000 or size == 0:  # noqa: PLR2004 - cents say nothing about such a price
        return 0
    for decimals, least in ((2, 1.0), (4, 0.1), (5, 0.01), (6, 0.001)):
        if size >= least:
            return decimals
    return 8


def percent(share: float, digits: int = 1) -> str:
    """A change with its sign: `+1.2%`, `-0.4%`, and `0.0%` without one."""
    text = f"{100 * share:+.{digits}f}%"
    return text.lstrip("+-") if float(text[:-1]) == 0 else text.replace("-", "\N{MINUS SIGN}")


def chance(share: float) -> str:
    """A probability in whole percent that never claims certainty: `54%`, `<1%`, `>99%`."""
    if share < 0.01:  # noqa: PLR2004 - one percent
        return "<1%"
    return ">99%" if share > 0.99 else f"{share:.0%}"  # noqa: PLR2004 - one percent


def day(when: date, *, weekday: bool = False) -> str:
    """A date: `3 Jul 2024`, or `Wed 3 Jul 2024`."""
    return f"{when:%a} {when.day} {when:%b %Y}" if weekday else f"{when.day} {when:%b %Y}"


def short_day(when: date) -> str:
    """A date on an axis: `3 Jul`."""
    return f"{when.day} {when:%b}"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """A moment in somebody's own time: `3 Jul 17:30 EDT`."""
    local = when.astimezone(zone)
    return f"{local.day} {local:%b %H:%M %Z}"


def duration(span: timedelta) -> str:
    """A length of time in its largest unit, or its two largest: `40 s`, `4 min`, `2 h 5 min`, `3 days`."""
    seconds = max(0, round(span.total_seconds()))
    if seconds < _MINUTE_S:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / _MINUTE_S), 60)
    if not hours:
        return f"{minutes} min"
    if hours < _DAY_H:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days = round(seconds / _DAY_S)
    return f"{days} day{'s' * (days != 1)}"
