"""No calendar ends unnoticed: 60 days before its holidays are no longer known, this says so.

What to do then: bring `exchange-calendars` and `pandas-market-calendars` up to date (constraints.txt). Where neither
knows the next holidays yet, list the exchange as short here. Forecasts beyond a bound say so by themselves.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final

import pytest

from forecasting.prices.exchanges.calendars import known_until
from forecasting.prices.exchanges.codes import OF_INDEX, OF_SUFFIX, OF_YAHOO_CODE

NOTICE: Final = timedelta(days=60)
KNOWN_SHORT: Final = {
    "XBOM": (date(2026, 12, 31), "neither package has the holidays that NSE and BSE publish in December"),
    "XIDX": (date(2025, 12, 31), "no package has the joint holidays since"),
    "XSES": (date(2026, 12, 31), "neither package has 2027 yet"),
    "XSHG": (date(2026, 12, 31), "published in November or December; until then the expected ones are used"),
}
EXCHANGES: Final = sorted({*OF_SUFFIX.values(), *OF_YAHOO_CODE.values(), *OF_INDEX.values()})


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_holidays_are_known_for_60_days_or_the_calendar_is_listed_as_short(exchange: str) -> None:
    until = known_until(exchange)
    if exchange in KNOWN_SHORT:
        assert until == KNOWN_SHORT[exchange][0], f"{exchange} is known to {until} now: correct the list above"
    elif until is not None:
        assert until >= datetime.now(UTC).date() + NOTICE, f"{exchange}: {__doc__}"
