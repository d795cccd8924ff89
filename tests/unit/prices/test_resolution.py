"""What people type becomes a symbol: known ones at once, names by their sole good match, else something to choose."""

import pytest

from forecasting.errors import InputError, SearchUnavailable, UnknownSymbol
from forecasting.prices.names.search_hits import sole_good
from forecasting.prices.resolution import SymbolResolver, is_clearly_symbol
from forecasting.types.bars import SymbolMatch

ISIN = "US0378331005"
RIVIAN = SymbolMatch("RIVN", "Rivian Automotive, Inc.", "NASDAQ")


class Sources:
    """Sources that know some symbols, and find given hits; everything that they are asked is noted."""

    def __init__(self, *symbols: str, hits: tuple[SymbolMatch, ...] = (), can_search: bool = True) -> None:
        self.symbols = symbols
        self.hits = hits
        self.can_search = can_search
        self.asked: list[str] = []
        self.searched: list[str] = []
        self.stored: set[str] = set()
        self.resolver = SymbolResolver(self.search, self.stored.__contains__)

    def price(self, symbol: str) -> str:
        """What a question asks for; as `PriceService` does, it searches for what no source knows."""
        self.asked.append(symbol)
        if symbol not in self.symbols:
            raise UnknownSymbol(symbol, self.search(symbol))
        return symbol

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        self.searched.append(text)
        if not self.can_search:
            raise SearchUnavailable(text)
        return self.hits

    def answer(self, text: str) -> str:
        return self.resolver.use(text, self.price).answer


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [("AAPL", "AAPL"), ("aapl", "AAPL"), ("$brk.b", "BRK-B"), ("XYZW", "XYZW"), ("^GSPC", "^GSPC"),
     ("7203.t", "7203.T"), ("nifty_mid_select.ns", "NIFTY_MID_SELECT.NS"), ("EUR/USD", "EURUSD=X"), ("DAX", "DAX"),
     ("$ford", "FORD"), ("FORD", "FORD"), ("BTC-EUR", "BTC-EUR"), ("mystock", "MYSTOCK")],
)  # fmt: skip
def test_a_symbol_is_asked_for_as_it_is(typed: str, symbol: str) -> None:
    sources = Sources(symbol)
    found = sources.resolver.use(typed, sources.price)
    assert (found.answer, found.match) == (symbol, None)
    assert sources.asked == [symbol]
    assert sources.searched == []


@pytest.mark.parametrize(
    ("typed", "symbol"),
    [("apple", "AAPL"), ("Ford", "F"), ("boeing", "BA"), ("BOEING", "BA"), ("microsfot", "MSFT"), ("dax", "^GDAXI"),
     ("btc", "BTC-USD"), ("bank of america", "BAC"), ("s&p 500", "^GSPC"), ("sp500", "^GSPC"), ("coca-cola", "KO"),
     ("Münchener Rück", "MUV2.DE"), ("berkshire hathway", "BRK-B"), ("gold", "GC=F")],
)  # fmt: skip
def test_a_known_name_asks_no_search_and_no_source_for_a_symbol_of_that_spelling(typed: str, symbol: str) -> None:
    sources = Sources(symbol, "APPLE", "FORD", "DAX", "BTC", "GOLD")
    found = sources.resolver.use(typed, sources.price)
    assert found.answer == symbol
    assert found.match
    assert found.match.symbol == symbol
    assert (sources.asked, sources.searched) == ([symbol], [])


def test_stored_prices_of_a_symbol_speak_against_a_name() -> None:
    sources = Sources("BOEING", "BA")
    assert sources.answer("boeing") == "BA"
    sources.stored.add("BOEING")
    assert sources.answer("boeing") == "BOEING"


def test_a_folder_without_the_named_listing_is_asked_for_the_word() -> None:
    assert Sources("BOEING").answer("boeing") == "BOEING"
    for typed in ("boeing", "boeing & company"):
        with pytest.raises(UnknownSymbol, match=r"No price source knows Boeing \(BA\)") as unknown:
            Sources().answer(typed)
        assert unknown.value.matches == ()


@pytest.mark.parametrize(("typed", "asked"), [("appel", ["APPEL", "AAPL"]), ("sony", ["SONY", "6758.T"])])
def test_a_short_word_may_be_a_symbol_of_its_own_and_is_a_name_only_then(typed: str, asked: list[str]) -> None:
    sources = Sources(asked[-1])
    assert sources.answer(typed) == asked[-1]
    assert sources.asked == asked


def test_what_only_the_sources_know_is_found_by_them() -> None:
    sources = Sources("RIVN", hits=(RIVIAN, SymbolMatch("RIVN.VI", "Rivian Automotive, Inc.", "Vienna")))
    assert sources.answer("rivian automotive") == "RIVN"
    assert sources.answer("rivian") == "RIVN"
    with pytest.raises(UnknownSymbol) as unknown:
        sources.answer("lucid group")
    assert unknown.value.matches == sources.hits
    assert unknown.value.symbol == "lucid group"


def test_a_weak_match_is_offered_and_carries_what_was_typed() -> None:
    sources = Sources(hits=(SymbolMatch("AXP", "American Express Company"), SymbolMatch("AAL", "American Airlines")))
    for typed in ("american", "AMERICAN"):
        with pytest.raises(UnknownSymbol) as unknown:
            sources.answer(typed)
        assert unknown.value.matches == sources.hits
        assert unknown.value.symbol == typed


def test_the_symbol_that_no_source_knows_is_not_offered() -> None:
    sources = Sources(hits=(SymbolMatch("EURUSD=X", "EUR/USD"), SymbolMatch("EURGBP=X", "EUR/GBP")))
    with pytest.raises(UnknownSymbol) as unknown:
        sources.answer("EUR/USD")
    assert [match.symbol for match in unknown.value.matches] == ["EURGBP=X"]


def test_a_dollar_asks_for_the_symbol_alone() -> None:
    sources = Sources("AAPL")
    with pytest.raises(UnknownSymbol):
        sources.answer("$appel")


def test_an_isin_is_for_the_search_of_a_source() -> None:
    apple = SymbolMatch("AAPL", "Apple Inc."), SymbolMatch("APC.DE", "Apple Inc.")
    assert Sources("AAPL", hits=apple).answer(ISIN) == "AAPL"
    with pytest.raises(InputError, match="only the search of a price source"):
        Sources().answer(ISIN)
    with pytest.raises(SearchUnavailable):
        Sources(can_search=False).answer(ISIN)


def test_where_names_cannot_be_looked_up_the_known_ones_still_answer() -> None:
    sources = Sources("PFE", can_search=False)
    assert sources.answer("pfizer") == "PFE"
    assert sources.answer("phizer") == "PFE"
    for typed in ("lucid", "lucid group"):
        with pytest.raises(SearchUnavailable) as refusal:
            sources.answer(typed)
        assert refusal.value.symbol == typed


def test_without_any_source_a_name_is_its_symbol() -> None:
    known = Sources().resolver.known
    assert [known(typed) for typed in ("bank of america", "boeing", "aapl", "xyzw")] == ["BAC", "BA", "AAPL", "XYZW"]
    with pytest.raises(InputError):
        known("no such name")


def test_words_that_are_clearly_symbols() -> None:
    assert all(map(is_clearly_symbol, ("AAPL", "msft", "$xyz", "^GSPC", "BTC-EUR", "7203.T", "GC=F", "sap.de")))
    assert not any(map(is_clearly_symbol, ("bank", "of", "xyzw", "Münchener", "a b", "")))


@pytest.mark.parametrize(
    ("text", "hits", "symbol"),
    [
        ("gap", [SymbolMatch("GAP", "The Gap, Inc.")], "GAP"),
        ("best", [SymbolMatch("BBY", "Best Buy Co., Inc.")], None),
        ("rivian", [RIVIAN, SymbolMatch("RIV", "RiverNorth")], "RIVN"),
        ("delta", [SymbolMatch("DAL", "Delta Air Lines"), SymbolMatch("DLA", "Delta Apparel")], None),
        ("motors", [SymbolMatch("GM", "General Motors")], None),
        ("volvo", [SymbolMatch("VOLV-A.ST", "Volvo AB"), SymbolMatch("VOLV-B.ST", "Volvo AB")], None),
        ("port", [SymbolMatch("PORT", "PORT")], None),
        ("", [RIVIAN], None),
    ],
)
def test_only_one_company_is_a_good_hit(text: str, hits: list[SymbolMatch], symbol: str | None) -> None:
    found = sole_good(text, hits)
    assert (found and found.symbol) == symbol
