"""Symbols: every usual spelling meets, and nothing else gets in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.errors import InputError
from forecasting.prices.symbols import MAX_LENGTH, is_symbol, normalise


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [
        ("aapl", "AAPL"),
        (" AAPL\n", "AAPL"),
        ("$AAPL", "AAPL"),
        ("brk.b", "BRK-B"),
        ("BRK.B", "BRK-B"),
        ("BRK-B", "BRK-B"),
        ("brk/b", "BRK-B"),
        ("BTC-USD", "BTC-USD"),
        ("btc/usd", "BTC-USD"),
        ("^gspc", "^GSPC"),
        ("EURUSD=X", "EURUSD=X"),
        ("gc=f", "GC=F"),
        ("7203.T", "7203.T"),
        ("VOD.L", "VOD.L"),
        ("BMW.F", "BMW.F"),
        ("ABC.V", "ABC.V"),
        ("0700.HK", "0700.HK"),
        ("M&M.NS", "M&M.NS"),
        ("DX-Y.NYB", "DX-Y.NYB"),
        ("TECK-B.TO", "TECK-B.TO"),
        ("nifty_mid_select.ns", "NIFTY_MID_SELECT.NS"),
        ("EUR/USD", "EURUSD=X"),
        ("eur-usd", "EURUSD=X"),
        ("usdjpy", "USDJPY=X"),
        ("BTC/EUR", "BTC-EUR"),
    ],
)
def test_spellings_meet(typed: str, symbol: str) -> None:
    assert normalise(typed) == symbol


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "$", "^", ".", "A B", "A\nB", "../../etc/passwd", "..", "A..B", "A/../B", "-A", "A-", "<b>",
     "'; DROP TABLE", "🍎", "\uff21\uff21", "ß", "A=Y", "A=X=X", "%2e%2e", "A\x00", "C:\\x", "x" * 10_000],
)  # fmt: skip
def test_what_cannot_be_a_symbol_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InputError, match="AAPL") as raised:
        normalise(typed)
    assert len(str(raised.value)) < 200


def test_an_isin_is_told_apart() -> None:
    with pytest.raises(InputError, match="ISIN"):
        normalise("US0378331005")


@given(st.text(max_size=40) | st.from_regex(r"[\w.^$=&/-]{1,25}", fullmatch=True))
def test_any_text_gives_a_stable_symbol_or_a_named_error(text: str) -> None:
    try:
        symbol = normalise(text)
    except InputError:
        assert not is_symbol(text)
        return
    assert normalise(symbol) == symbol
    assert is_symbol(symbol)
    assert 0 < len(symbol) <= MAX_LENGTH
    assert not set(symbol) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_^=&")
    assert ".." not in symbol
    assert symbol[0] not in ".-"
