"""What people type, and the listing that it has to mean: at once, or only among those that are offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting.prices.names.known_names import known_names
from forecasting.prices.names.matching import name_matcher
from forecasting.prices.symbols import is_symbol
from forecasting.types.bars import MAX_MATCHES

AT_ONCE = {
    "apple": "AAPL", "Apple Inc.": "AAPL", "appel": "AAPL", "alphabet": "GOOGL", "google": "GOOGL",
    "microsoft": "MSFT", "microsfot": "MSFT", "micro soft": "MSFT", "MICROSOFT CORPORATION": "MSFT",
    "amazn": "AMZN", "tesla": "TSLA", "nividia": "NVDA", "facebook": "META", "netflx": "NFLX",
    "berkshire hathaway": "BRK-B", "berkshire hathway": "BRK-B", "bank of america": "BAC", "banc of america": "BAC",
    "johnson & johnson": "JNJ", "johnson and johnson": "JNJ", "Johnson&Johnson": "JNJ", "coca cola": "KO",
    "coca-cola": "KO", "pepsico": "PEP", "mc donald's": "MCD", "mcdonalds": "MCD", "walt disney": "DIS",
    "disney": "DIS", "general electric": "GE", "exxon mobil": "XOM", "jp morgan": "JPM", "J.P. Morgan": "JPM",
    "at&t": "T", "procter & gamble": "PG", "phizer": "PFE", "key corp": "KEY", "3m": "MMM", "ford": "F",
    "Münchener Rück": "MUV2.DE", "muenchener rueck": "MUV2.DE", "Münchener": "MUV2.DE", "munich re": "MUV2.DE",
    "volkswagn": "VOW3.DE", "Deutsche Bnak": "DBK.DE", "L'Oréal": "OR.PA", "loreal": "OR.PA", "nestlé": "NESN.SW",
    "Mærsk": "MAERSK-B.CO", "Ørsted": "ORSTED.CO", "rolls-royce": "RR.L", "toyota": "7203.T", "samsung": "005930.KS",
    "s&p 500": "^GSPC", "S & P 500": "^GSPC", "sp500": "^GSPC", "dow jones": "^DJI", "nasdaq 100": "^NDX",
    "nikkei 225": "^N225", "dax": "^GDAXI", "russell 2000": "^RUT", "bitcoin": "BTC-USD", "gold": "GC=F",
    "euro dollar": "EURUSD=X", "spdr gold shares": "GLD", "united airlines": "UAL", "delta": "DAL",
}  # fmt: skip
OFFERED = {
    "american": "AXP", "united": "UPS", "general": "GM", "bank": "BAC", "home": "HD", "best": "BBY",
    "porsche": "P911.DE", "aple": "AAPL", "vanguard": "BIV", "gold miners": "GDX", "nikkei 224": "^N225",
}  # fmt: skip
"""Not sure enough to be answered at once."""
NOTHING = ("asdfgh", "xyz corp", "a", "", "  ", "&", "🍎", "'; DROP TABLE", "x" * 10_000, "Яндекс")


@pytest.mark.parametrize(("typed", "symbol"), AT_ONCE.items())
def test_a_sole_good_match_is_sure(typed: str, symbol: str) -> None:
    found = name_matcher().surely(typed)
    assert found
    assert found.symbol == symbol


@pytest.mark.parametrize(("typed", "symbol"), OFFERED.items())
def test_a_weak_match_is_only_offered(typed: str, symbol: str) -> None:
    assert name_matcher().surely(typed) is None
    similar = [listed.symbol for listed in name_matcher().similar(typed)]
    assert len(similar) <= MAX_MATCHES
    assert symbol in similar


@pytest.mark.parametrize("typed", NOTHING)
def test_for_nonsense_there_is_nothing(typed: str) -> None:
    assert name_matcher().surely(typed) is None
    assert name_matcher().similar(typed) == ()


@given(text=st.text(max_size=80))
def test_any_text_can_be_looked_for(text: str) -> None:
    assert len(name_matcher().similar(text)) <= MAX_MATCHES
    name_matcher().surely(text)


def test_every_known_symbol_can_be_typed_and_every_name_is_its_own() -> None:
    names = known_names()
    assert len(names.by_symbol) > 3500
    assert [symbol for symbol in names.by_symbol if not is_symbol(symbol)] == []
    assert all(listed.name.strip() for listed in names.by_symbol.values())


def test_a_typo_is_never_made_up_for_by_other_digits() -> None:
    assert name_matcher().surely("stoxx europe 601") is None
    assert name_matcher().surely("nikkey 225") is not None
