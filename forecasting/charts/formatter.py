"""How charts write numbers, dates and names; the caller decides."""

from datetime import date
from typing import Protocol


class Formatter(Protocol):
    """Writes what stands in a chart; a module with these functions is one."""

    def price(self, value: float, currency: str, /) -> str:
        """A price with its currency."""
        ...

    def bare_price(self, value: float, currency: str, /) -> str:
        """A price without its currency."""
        ...

    def percent(self, share: float, /, digits: int = 1) -> str:
        """A change with its sign, in percent; 0.012 is 1.2 %."""
        ...

    def day(self, when: date, /, *, weekday: bool = False) -> str:
        """A date."""
        ...

    def short_day(self, when: date, /) -> str:
        """A date on an axis, without its year."""
        ...

    def source_name(self, source: str, /) -> str:
        """A price source as people call it."""
        ...

    def forecaster_name(self, forecaster: str, /) -> str:
        """A forecaster of a scorecard as people call it."""
        ...
