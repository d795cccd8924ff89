"""A currency is what the closes are in, not what the newest answer happens to call it."""

from dataclasses import replace

import pytest

from forecasting.prices.currency import with_settled_currency
from forecasting.types.bars import PriceHistory
from tests.factories import price_history

STORED = replace(price_history("VOD.L", 300, source="yahoo"), currency="GBp")


def answered(currency: str, factor: float = 1.0, symbol: str = "VOD.L") -> PriceHistory:
    return with_settled_currency(
        replace(STORED, symbol=symbol), replace(STORED, symbol=symbol, currency=currency, close=STORED.close * factor)
    )


@pytest.mark.parametrize(
    ("currency", "factor", "settled"),
    [("GBp", 1.0, "GBp"), ("GBP", 1.0, "GBp"), ("", 1.0, "GBp"), ("USD", 0.95, "GBp"), ("GBP", 0.01, "GBP")],
)
def test_another_name_for_the_same_closes_is_no_other_currency(currency: str, factor: float, settled: str) -> None:
    assert answered(currency, factor).currency == settled


def test_what_was_not_believed_is_noted() -> None:
    assert answered("GBP").notes == ("currency GBP in the newest answer, GBp kept",)
    assert answered("GBp").notes == answered("GBP", 0.01).notes == ()


def test_an_index_loses_the_currency_that_was_once_stored() -> None:
    assert answered("", symbol="^FTSE").currency == ""


def test_what_was_not_known_is_learned() -> None:
    assert with_settled_currency(replace(STORED, currency=""), STORED) == STORED
