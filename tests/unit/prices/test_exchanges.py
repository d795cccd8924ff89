"""Exchanges: read from a symbol's spelling or from Yahoo's code, always by the name of a calendar."""

import exchange_calendars
import pytest
from yfinance.const import EQUITY_SCREENER_EQ_MAP

from forecasting.prices.exchanges import codes
from forecasting.prices.exchanges.codes import currency_of, currency_of_yahoo, exchange_of, exchange_of_yahoo


@pytest.mark.parametrize(
    ("symbol", "exchange"),
    [
        ("AAPL", "XNYS"), ("BRK-B", "XNYS"), ("BAC-PL", "XNYS"), ("^GSPC", "XNYS"), ("^VIX", "XNYS"), ("^N225", "XTKS"),
        ("^FTSE", "XLON"), ("VOD.L", "XLON"), ("SAP.DE", "XETR"), ("MC.PA", "XPAR"), ("7203.T", "XTKS"),
        ("0700.HK", "XHKG"), ("SHOP.TO", "XTSE"), ("TECK-B.TO", "XTSE"), ("BHP.AX", "XASX"), ("RELIANCE.NS", "XBOM"),
        ("PETR4.SA", "BVMF"), ("DX-Y.NYB", "IEPA"), ("BTC-USD", "24/7"), ("ETH-EUR", "24/7"), ("EURUSD=X", "24/5"),
        ("GC=F", "CMES"), ("XYZ.QQ", "QQ"), ("^TASI.SR", "XSAU"), ("^OMXC25", "XCSE"), ("^RUT", "XNYS"),
    ],
)  # fmt: skip
def test_the_spelling_names_the_exchange(symbol: str, exchange: str) -> None:
    assert exchange_of(symbol) == exchange


@pytest.mark.parametrize(
    ("code", "instrument", "symbol", "exchange"),
    [("NMS", "EQUITY", "AAPL", "XNYS"), ("CCC", "CRYPTOCURRENCY", "BTC-USD", "24/7"),
     ("LSE", "EQUITY", "VOD.L", "XLON"), ("???", "EQUITY", "SAP.DE", "XETR"),
     ("NAS", "MUTUALFUND", "VFIAX", "FUND"), ("PCX", "ETF", "VOO", "XNYS"), ("LSE", "MUTUALFUND", "0P00.L", "XLON")],
)  # fmt: skip
def test_yahoos_code_and_kind_come_first(code: str, instrument: str, symbol: str, exchange: str) -> None:
    assert exchange_of_yahoo(code, instrument, symbol) == exchange


def test_every_code_that_yfinance_names_is_known_unless_no_package_knows_its_holidays() -> None:
    named = {code for codes_of_country in EQUITY_SCREENER_EQ_MAP["exchange"].values() for code in codes_of_country}
    without = {"CAI", "CCS", "CSE", "DFM", "DOH", "DXE", "KAR", "KUW", "MCX", "VSE"}
    assert named - set(codes.OF_YAHOO_CODE) <= without


def test_every_name_is_a_calendars() -> None:
    tables = (codes.OF_SUFFIX, codes.OF_YAHOO_CODE, codes.OF_INDEX)
    named = {name for table in tables for name in table.values()}
    assert named <= set(exchange_calendars.get_calendar_names())


def test_a_fund_is_known_by_its_spelling() -> None:
    assert (exchange_of("VFIAX"), currency_of("VFIAX")) == ("FUND", "USD")
    assert exchange_of("VFIA") == "XNYS"


@pytest.mark.parametrize(
    ("symbol", "currency"),
    [("AAPL", "USD"), ("BTC-EUR", "EUR"), ("EURUSD=X", "USD"), ("JPY=X", "JPY"), ("VOD.L", "GBp"), ("SAP.DE", "EUR"),
     ("XYZ.QQ", ""), ("^GSPC", ""), ("^N225", ""), ("^TNX", "%")],
)  # fmt: skip
def test_the_spelling_names_the_currency(symbol: str, currency: str) -> None:
    assert currency_of(symbol) == currency


@pytest.mark.parametrize(
    ("symbol", "instrument", "unit"),
    [("AAPL", "EQUITY", "USD"), ("^GSPC", "INDEX", ""), ("^TNX", "INDEX", "%"), ("000001.SS", "INDEX", ""),
     ("^VIX", "None", "")],
)  # fmt: skip
def test_an_index_has_no_currency_and_a_rate_is_in_percent_whatever_yahoo_names(
    symbol: str, instrument: str, unit: str
) -> None:
    assert currency_of_yahoo("USD", instrument, symbol) == unit
