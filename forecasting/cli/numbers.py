"""Numbers for people who read tables."""

from math import isnan

UNKNOWN = "-"


def decimals(close: float) -> int:
    """Digits after the point that a price of this size is shown with: two for a stock, more for a penny."""
    return 2 if close >= 1 else 6


def price(value: float, digits: int) -> str:
    """A price: 1,234.50."""
    return f"{value:,.{digits}f}"


def share(value: float) -> str:
    """A share of 1 in percent: 53%."""
    return UNKNOWN if isnan(value) else f"{value:.0%}"


def ratio(value: float) -> str:
    """A loss in units of another: 0.977."""
    return UNKNOWN if isnan(value) else f"{value:.3f}"


def percent(value: float) -> str:
    """A relative error in percent: 2.31%."""
    return UNKNOWN if isnan(value) else f"{value:.2%}"
