"""Price files as people have them: each kind is read value by value."""

import gzip
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from forecasting.prices.price_files.reading import CLOSES_ONLY, NO_VOLUME, OTHER_SYMBOL, PriceFile, read_price_file

TWO: Final = (date(2024, 7, 12), date(2024, 7, 15))
BARS: Final = ((216.15, 220.38, 215.1, 220.27, 58046180.0), (236.48, 237.23, 233.09, 234.4, 62631300.0))
"""A Friday and the Monday after, whose day can be no month."""
CLOSES: Final = tuple((close,) * 4 for *_, close, _ in BARS)


@dataclass(frozen=True, slots=True)
class Read:
    """What is read of a file with those two days."""

    prices: tuple[tuple[float, ...], ...] = tuple(bar[:4] for bar in BARS)
    volume: tuple[float, ...] = tuple(bar[4] for bar in BARS)
    notes: tuple[str, ...] = ()


RAW: Final = Read()
ADJUSTED: Final = Read(tuple(tuple(price / 2 for price in bar[:4]) for bar in BARS))
ONLY_CLOSES: Final = Read(CLOSES, (np.nan, np.nan), (CLOSES_ONLY, NO_VOLUME))
UNKNOWN_VOLUME: Final = Read(volume=(np.nan, np.nan), notes=(NO_VOLUME,))
YAHOO_PAGE: Final = (
    "Date\tOpen\tHigh\tLow\tClose Close price adjusted for splits.\tAdj Close Adjusted close price adjusted for splits "
    "and dividend and/or capital gain distributions.\tVolume\n"
    "Jul 15, 2024\t236.48\t237.23\t233.09\t234.40\t117.20\t62,631,300\n"
    "Jul 8, 2024\t0.25 Dividend\n"
    "Jul 5, 2024\t4:1 Stock Splits\n"
    "Jul 12, 2024\t216.15\t220.38\t215.10\t220.27\t110.135\t58,046,180\n"
    "*Close price adjusted for splits.\n"
)
GERMAN: Final = (
    "Datum;Eröffnung;Hoch;Tief;Schluss;Volumen\r\n"
    "12.07.2024;216,15;220,38;215,10;220,27;58.046.180\r\n"
    "15.07.2024;236,48;237,23;233,09;234,40;62.631.300\r\n"
)
PLAIN: Final = (
    "Date,Open,High,Low,Close,Volume\n"
    "2024-07-12,216.15,220.38,215.1,220.27,58046180\n"
    "2024-07-15,236.48,237.23,233.09,234.4,62631300\n"
)

KINDS: Final[dict[str, tuple[str | bytes, Read]]] = {
    "Yahoo's download": (
        (
            "Date,Open,High,Low,Close,Adj Close,Volume\n"
            "2024-07-12,216.149994,220.380005,215.100006,220.270004,110.135002,58046180\n"
            "2024-07-14,null,null,null,null,null,null\n"
            "2024-07-15,236.479996,237.229996,233.089996,234.399994,117.199997,62631300\n"
        ),
        ADJUSTED,
    ),
    "Yahoo's page, copied": (YAHOO_PAGE, ADJUSTED),
    "Yahoo's page of years ago": (
        (
            "Date,Open,High,Low,Close*,Adj Close**,Volume\n"
            '"Jul 15, 2024",236.48,237.23,233.09,234.40,117.20,"62,631,300"\n'
            '"Jul 08, 2024",0.25 Dividend\n'
            '"Jul 12, 2024",216.15,220.38,215.10,220.27,110.135,"58,046,180"\n'
        ),
        ADJUSTED,
    ),
    "yfinance history()": (
        (
            "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains\n"
            "2024-07-12 00:00:00-04:00,216.15,220.38,215.1,220.27,58046180,0.0,0.0,0.0\n"
            "2024-07-15 00:00:00-04:00,236.48,237.23,233.09,234.4,62631300,0.25,4.0,0.0\n"
        ),
        RAW,
    ),
    "yfinance download()": (
        (
            "Price,Close,High,Low,Open,Volume\nTicker,AAPL,AAPL,AAPL,AAPL,AAPL\nDate,,,,,\n"
            "2024-07-12,220.27,220.38,215.1,216.15,58046180\n2024-07-15,234.4,237.23,233.09,236.48,62631300\n"
        ),
        RAW,
    ),
    "yfinance download() of several symbols": (
        (
            "Price,Close,Close,High,High,Low,Low,Open,Open,Volume,Volume\n"
            "Ticker,AAPL,KO,AAPL,KO,AAPL,KO,AAPL,KO,AAPL,KO\nDate,,,,,,,,,,\n"
            "2024-07-12,220.27,1,220.38,2,215.1,3,216.15,4,58046180,5\n"
            "2024-07-15,234.4,1,237.23,2,233.09,3,236.48,4,62631300,5\n"
        ),
        RAW,
    ),
    "yfinance download() grouped by symbol": (
        (
            "Ticker,KO,KO,KO,KO,KO,AAPL,AAPL,AAPL,AAPL,AAPL\n"
            "Price,Open,High,Low,Close,Volume,Open,High,Low,Close,Volume\nDate,,,,,,,,,,\n"
            "2024-07-12,1,2,3,4,5,216.15,220.38,215.1,220.27,58046180\n"
            "2024-07-15,1,2,3,4,5,236.48,237.23,233.09,234.4,62631300\n"
        ),
        RAW,
    ),
    "yfinance download() after reset_index()": (
        PLAIN.replace("Volume\n", "Volume\n,AAPL,AAPL,AAPL,AAPL,AAPL\n"),
        RAW,
    ),
    "the same, with a row for the index": (
        (
            "Price,Date,Open,High,Low,Close,Volume\nTicker,,AAPL,AAPL,AAPL,AAPL,AAPL\n"
            "0,2024-07-12,216.15,220.38,215.1,220.27,58046180\n1,2024-07-15,236.48,237.23,233.09,234.4,62631300\n"
        ),
        RAW,
    ),
    "Stooq": (PLAIN, RAW),
    "Tiingo": (
        (
            "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor\n"
            "2024-07-12 00:00:00+00:00,220.27,220.38,215.1,216.15,58046180,110.135,1,1,1,1,0.0,1.0\n"
            "2024-07-15 00:00:00+00:00,234.4,237.23,233.09,236.48,62631300,117.2,1,1,1,1,0.0,1.0\n"
        ),
        ADJUSTED,
    ),
    "NSE India": (
        (
            '"Date ","series ","OPEN ","HIGH ","LOW ","PREV. CLOSE ","ltp ","close ","vwap ","VOLUME ","VALUE "\n'
            '"15-Jul-2024","EQ","236.48","237.23","233.09","1","1","234.40","1","6,26,31,300","1"\n'
            '"12-Jul-2024","EQ","216.15","220.38","215.10","1","1","220.27","1","5,80,46,180","1"\n'
        ),
        RAW,
    ),
    "CryptoDataDownload": (
        (
            "https://www.CryptoDataDownload.com\nunix,date,symbol,open,high,low,close,Volume BTC,Volume USD\n"
            "1721001600,2024-07-15 00:00:00,AAPL,236.48,237.23,233.09,234.4,62631300,1\n"
            "1720742400,2024-07-12 00:00:00,AAPL,216.15,220.38,215.1,220.27,58046180,1\n"
        ),
        RAW,
    ),
    "Investing.com in Spanish": (
        (
            '"Fecha","Último","Apertura","Máximo","Mínimo","Vol.","% var."\n'
            '"15.07.2024","234,40","236,48","237,23","233,09","62,6313M","1,67%"\n'
            '"12.07.2024","220,27","216,15","220,38","215,10","58.046,18K","1,62%"\n'
        ),
        RAW,
    ),
    "the Wall Street Journal": (
        (
            "Date, Open, High, Low, Close\n07/15/24, 236.4800, 237.2300, 233.0900, 234.4000\n"
            "07/12/24, 216.1500, 220.3800, 215.1000, 220.2700\n"
        ),
        UNKNOWN_VOLUME,
    ),
    "Stooq's bulk file": (
        (
            "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\n"
            "AAPL.US,D,20240712,000000,216.15,220.38,215.1,220.27,58046180,0\n"
            "AAPL.US,D,20240715,000000,236.48,237.23,233.09,234.4,62631300,0\n"
        ),
        RAW,
    ),
    "NASDAQ.com": (
        (
            "Date,Close/Last,Volume,Open,High,Low\n"
            "07/15/2024,$234.40,62631300,$236.48,$237.23,$233.09\n"
            "07/12/2024,$220.27,58046180,$216.15,$220.38,$215.10\n"
        ),
        RAW,
    ),
    "Alpha Vantage": (
        (
            "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\n"
            "2024-07-15,236.48,237.23,233.09,234.4,117.2,62631300,0.0000,1.0\n"
            "2024-07-12,216.15,220.38,215.1,220.27,110.135,58046180,0.0000,1.0\n"
        ),
        ADJUSTED,
    ),
    "Alpha Vantage through pandas": (
        (
            "date,1. open,2. high,3. low,4. close,5. volume\n"
            "2024-07-15,236.48,237.23,233.09,234.4,62631300.0\n2024-07-12,216.15,220.38,215.1,220.27,58046180.0\n"
        ),
        RAW,
    ),
    "German Excel, Windows' letters": (GERMAN.encode("cp1252"), RAW),
    "German Excel, UTF-8 with a mark": (b"\xef\xbb\xbf" + GERMAN.encode(), RAW),
    "Excel's Unicode text": (GERMAN.replace(";", "\t").encode("utf-16"), RAW),
    "UTF-16, big end first, without a mark": (PLAIN.encode("utf-16-be"), RAW),
    "UTF-16, little end first, without a mark": (PLAIN.encode("utf-16-le"), RAW),
    "a German exchange's page": (
        (
            "Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen\n"
            "2024-07-15;236,48;237,23;233,09;234,40;62.631.300;9\n2024-07-12;216,15;220,38;215,10;220,27;58.046.180;9\n"
        ),
        RAW,
    ),
    "French numbers": (
        (
            "Date;Open;High;Low;Close;Volume\n"
            "12/07/2024;216,15 €;220,38 €;215,10 €;220,27 €;58\u202f046\u202f180\n"
            "15/07/2024;236,48 €;237,23 €;233,09 €;234,40 €;62\u00a0631\u00a0300\n"
        ),
        RAW,
    ),
    "Swiss numbers": (
        (
            "Date|Open|High|Low|Close|Volume\n"
            "12.7.2024|CHF 216.15|CHF 220.38|CHF 215.10|CHF 220.27|58'046'180\n"
            "15.7.2024|CHF 236.48|CHF 237.23|CHF 233.09|CHF 234.40|62\u2019631\u2019300\n"
        ),
        RAW,
    ),
    "Indian thousands": (PLAIN.replace("58046180", '"5,80,46,180"').replace("62631300", '"6,26,31,300.00"'), RAW),
    "capitals and gaps": ("DATE , OPEN , high,LOW,Close ,volume\n" + PLAIN.partition("\n")[2].replace(",", " , "), RAW),
    "Excel's day numbers": (
        (
            "Date;Open;High;Low;Close;Volume\n45485;216,15;220,38;215,1;220,27;5,804618E+07\n"
            "45488;236,48;237,23;233,09;234,4;6,26313E+07\n"
        ),
        RAW,
    ),
    "TradingView": (
        (
            "time,open,high,low,close,Volume\n1720791000,216.15,220.38,215.1,220.27,58046180\n"
            "1721050200,236.48,237.23,233.09,234.4,62631300\n"
        ),
        RAW,
    ),
    "Investing.com": (
        (
            '\ufeff"Date","Price","Open","High","Low","Vol.","Change %"\n'
            '"07/15/2024","234.40","236.48","237.23","233.09","62.6313M","1.67%"\n'
            '"07/12/2024","220.27","216.15","220.38","215.10","58,046.18K","1.62%"\n'
        ),
        RAW,
    ),
    "MetaTrader": (
        (
            "<DATE>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<SPREAD>\n"
            "2024.07.12\t216.15\t220.38\t215.1\t220.27\t58046180\t1\n"
            "2024.07.15\t236.48\t237.23\t233.09\t234.4\t62631300\t1\n"
        ),
        RAW,
    ),
    "Dukascopy": (
        (
            "Local time,Open,High,Low,Close,Volume\n"
            "12.07.2024 00:00:00.000 GMT+0200,216.15,220.38,215.1,220.27,58046180\n"
            "15.07.2024 00:00:00.000 GMT+0200,236.48,237.23,233.09,234.4,62631300\n"
        ),
        RAW,
    ),
    "Google Sheets": ("Date,Close\n7/12/2024 16:00:00,220.27\n7/15/2024 16:00:00,234.40\n", ONLY_CLOSES),
    "FRED": ("observation_date,AAPL\n2024-07-12,220.27\n2024-07-15,234.40\n", ONLY_CLOSES),
    "years of two digits": ("Date,Close\n12-Jul-24,220.27\n15-Jul-24,234.40\n", ONLY_CLOSES),
    "German months": ("Datum;Schluss\n12. Juli 2024;220,27\n15. Juli 2024;234,40\n", ONLY_CLOSES),
    "volume unknown throughout": (
        PLAIN.replace("58046180", "N/A").replace("62631300", "-"),
        UNKNOWN_VOLUME,
    ),
    "a hint of Excel, a title and comments": ("sep=,\nApple Inc. (AAPL)\n\n# daily\n" + PLAIN + "\n# end\n", RAW),
    "the header again in the middle": (PLAIN.replace("2024-07-15", "Date,Open,High,Low,Close,Volume\n2024-07-15"), RAW),
    "delimiters at the ends": (PLAIN.replace("\n", ",,\n"), RAW),
    "a footnote": (PLAIN + '\n"Source: somebody, downloaded on 2024-07-16"\n', RAW),
    "line ends of old Macs": (PLAIN.replace("\n", "\r"), RAW),
    "an index of pandas": (PLAIN.replace("Date,", ",", 1), RAW),
    "many symbols in rows": (
        (
            "symbol,date,open,high,low,close,volume\nAAPL,2024-07-12,216.15,220.38,215.1,220.27,58046180\n"
            "KO,2024-07-12,1,2,3,4,5\nAAPL,2024-07-15,236.48,237.23,233.09,234.4,62631300\n"
        ),
        RAW,
    ),
    "gzip": (gzip.compress(PLAIN.encode()), RAW),
    "gzip in two parts": (gzip.compress(PLAIN[:40].encode()) + gzip.compress(PLAIN[40:].encode()), RAW),
}


def read(folder: Path, data: str | bytes) -> PriceFile:
    """What is read of a file AAPL.csv with this content."""
    path = folder / "AAPL.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_price_file(path, "AAPL")


@pytest.mark.parametrize(("data", "expected"), KINDS.values(), ids=KINDS)
def test_each_kind_is_read_value_by_value(tmp_path: Path, data: str | bytes, expected: Read) -> None:
    found = read(tmp_path, data)
    days = found.bars.sessions.tolist()
    rows = [days.index(day) for day in TWO]
    assert rows == sorted(rows)
    np.testing.assert_allclose(found.bars.prices[rows], expected.prices, rtol=1e-7)
    np.testing.assert_allclose(found.bars.volume[rows], expected.volume, rtol=1e-12)
    assert found.notes == expected.notes


@pytest.mark.parametrize("way", ["{:%Y-%m-%d}", "{:%d.%m.%Y}", "{:%Y%m%d}", "{:%-d %b %Y}", "{:%-d/%-m/%Y}"])
def test_rows_in_no_order_are_read_where_each_date_can_be_one_day_alone(tmp_path: Path, way: str) -> None:
    days = [date(2024, 7, 16), date(2024, 7, 12), date(2024, 7, 15)]
    path = tmp_path / "AAPL.csv"
    path.write_text("Date,Close\n" + "".join(f"{way.format(day)},220.5\n" for day in days))
    assert sorted(read_price_file(path, "AAPL").bars.sessions.tolist()) == sorted(days)


def test_the_upper_of_two_rows_of_a_day_comes_last_where_the_newest_stand_at_the_top(tmp_path: Path) -> None:
    found = read(tmp_path, "Date,Close\n2024-07-15,3\n2024-07-12,2\n2024-07-12,1\n")
    assert found.bars.close.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "symbol", "notes"),
    [
        ("Symbol,Date,Close,Volume\nMSFT,2024-07-12,1,1\n", "AAPL", (OTHER_SYMBOL,)),
        ("Price,Close,Volume\nTicker,MSFT,MSFT\nDate,,\n2024-07-12,1,1\n", "AAPL", (OTHER_SYMBOL,)),
        ("Price,Close,Volume\nTicker,^GSPC,^GSPC\nDate,,\n2024-07-12,1,1\n", "^GSPC", ()),
        ("Symbol,Date,Close,Volume\nBTC/USD,2024-07-12,1,1\n", "BTC-USD", ()),
        ("<TICKER>,<DATE>,<CLOSE>,<VOL>\nBRK-B.US,20240712,1,1\n", "BRK-B", ()),
        ("Symbol,Date,Close,Volume\nbrk.b,2024-07-12,1,1\n", "BRK-B", ()),
    ],
)
def test_a_file_of_another_symbol_is_noted(tmp_path: Path, text: str, symbol: str, notes: tuple[str, ...]) -> None:
    path = tmp_path / "ANY.csv"
    path.write_text(text)
    assert read_price_file(path, symbol).notes == (*notes, CLOSES_ONLY)
