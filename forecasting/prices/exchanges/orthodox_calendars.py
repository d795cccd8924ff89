"""Athens and Bucharest: `exchange_calendars`' own, with the days around the Orthodox Easter computed here.

It computes them by date offsets of its own, which pandas 3 no longer calls.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import pandas as pd
from dateutil.easter import EASTER_ORTHODOX, easter
from exchange_calendars.exchange_calendar import ExchangeCalendar, HolidayCalendar
from exchange_calendars.exchange_calendar_asex import ASEXExchangeCalendar
from exchange_calendars.exchange_calendar_xbse import XBSEExchangeCalendar
from exchange_calendars.pandas_extensions.offsets import OrthodoxEaster

_YEARS: Final = range(1990, 2100)
_NEW_IN_ROMANIA: Final = tuple(pd.Timestamp(year, 1, day) for year in range(2024, 2100) for day in (6, 7))
"""Epiphany and Saint John are public holidays since 2024 (law 52/2023), which the library does not know."""


def _follows_easter(rule: Any) -> bool:  # noqa: ANN401 - exchange_calendars is untyped
    """Whether a holiday is so many days from the Orthodox Easter."""
    return isinstance(rule.offset, list) and isinstance(rule.offset[0], OrthodoxEaster)


def _days_of(rule: Any) -> list[pd.Timestamp]:  # noqa: ANN401 - exchange_calendars is untyped
    """Such a holiday's day in each year."""
    return [pd.Timestamp(easter(year, EASTER_ORTHODOX)) + rule.offset[1] for year in _YEARS]


class _OrthodoxDays(ExchangeCalendar):  # type: ignore[misc]  # untyped
    """Takes the moving holidays out of a calendar's rules, and names their days instead."""

    @property
    def regular_holidays(self) -> HolidayCalendar:
        """Holidays of fixed days, and those of the western Easter."""
        return HolidayCalendar([rule for rule in super().regular_holidays.rules if not _follows_easter(rule)])

    @property
    def adhoc_holidays(self) -> list[pd.Timestamp]:
        """Single days, and those of the Orthodox Easter."""
        moving = [day for rule in super().regular_holidays.rules if _follows_easter(rule) for day in _days_of(rule)]
        return [*super().adhoc_holidays, *moving]


class _Athens(_OrthodoxDays, ASEXExchangeCalendar):  # type: ignore[misc]  # untyped
    """The Athens Stock Exchange."""


class _Bucharest(_OrthodoxDays, XBSEExchangeCalendar):  # type: ignore[misc]  # untyped
    """The Bucharest Stock Exchange."""

    @property
    def adhoc_holidays(self) -> list[pd.Timestamp]:
        """Those of the Orthodox Easter, and what became a holiday since."""
        return [*super().adhoc_holidays, *_NEW_IN_ROMANIA]


ATHENS_AND_BUCHAREST: Final[Mapping[str, Any]] = MappingProxyType({"ASEX": _Athens, "XBSE": _Bucharest})
