"""Any price table in any dialect is read back exactly; any bytes are read or refused, and cost little."""

import gzip
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from forecasting.errors import BadPriceFile
from forecasting.prices.price_files.file_text import MAX_FILE_BYTES
from forecasting.prices.price_files.reading import PriceFile, read_price_file
from forecasting.types.bars import FloatArray
from tests.factories import csv_text, price_history

GROUPS: Final = (".", ",", " ", "\u00a0", "\u202f", "'", "")
DATES: Final[dict[str, Callable[[date], str]]] = {
    "ISO": lambda day: f"{day:%Y-%m-%d}",
    "yfinance": lambda day: f"{day:%Y-%m-%d} 00:00:00-04:00",
    "compact": lambda day: f"{day:%Y%m%d}",
    "year first": lambda day: f"{day:%Y/%m/%d}",
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "day first": lambda day: f"{day:%d/%m/%Y}",
    "day first, no zeros": lambda day: f"{day.day}-{day.month}-{day.year}",
    "month first": lambda day: f"{day:%m/%d/%Y}",
    "month first, two digits": lambda day: f"{day:%m/%d/%y}",
    "day first, two digits": lambda day: f"{day:%d/%m/%y}",
    "year first, two digits": lambda day: f"{day:%y/%m/%d}",
    "Yahoo": lambda day: f"{day:%b} {day.day}, {day.year}",
    "short": lambda day: f"{day.day}-{day:%b-%y}",
    "long": lambda day: f"{day:%A}, {day.day} {day:%B} {day.year}",
    "serial": lambda day: str((day - date(1899, 12, 30)).days),
}
HEADERS: Final = (
    ("Date", "Open", "High", "Low", "Close", "Volume"),
    ("timestamp", "open", "high", "low", "close", "volume"),
    ("Datum", "Eröffnung", "Hoch", "Tief", "Schluss", "Stücke"),
    ("Datum", "Erster", "Hoch", "Tief", "Schlusskurs", "Volumen"),
    ("<DATE>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>"),
    ("date", "1. open", "2. high", "3. low", "4. close", "5. volume"),
    ("Date", "Open", "High", "Low", "Close/Last", "Volume"),
    ("Datetime", "Open", "High", "Low", "Close*", "Vol."),
)
ENCODINGS: Final = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
FIRST_DAY: Final = date(2019, 1, 1)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write a table."""

    delimiter: str
    decimal: str
    group: str  # between thousands
    dates: str
    header: tuple[str, ...]
    order: tuple[int, ...]  # of the columns
    falls: bool  # the newest first
    encoding: str
    ending: str
    packed: bool
    currency: str

    def write(self, days: list[date], prices: FloatArray, volume: list[int]) -> bytes:
        """The file's bytes; values with a delimiter in them are put in quotation marks."""
        rows = [[DATES[self.dates](day), *map(self.price, bar)] for day, bar in zip(days, prices.tolist(), strict=True)]
        cells = [[*row, self.grouped(f"{count:,}")] for row, count in zip(rows, volume, strict=True)]
        table = [list(self.header), *(cells[::-1] if self.falls else cells)]
        lines = [self.delimiter.join(self.quoted(row[place]) for place in self.order) for row in table]
        data = (self.ending.join(lines) + self.ending).encode(self.encoding, errors="strict")
        return gzip.compress(data) if self.packed else data

    def price(self, price: float) -> str:
        return f"{self.currency}{self.grouped(f'{price:,.4f}')}"

    def grouped(self, text: str) -> str:
        """A number in this dialect, from the English one."""
        whole, point, rest = text.partition(".")
        return whole.replace(",", self.group) + point.replace(".", self.decimal) + rest

    def quoted(self, cell: str) -> str:
        return f'"{cell}"' if self.delimiter in cell else cell


@st.composite
def dialects(draw: st.DrawFn) -> Dialect:
    """Those that people's tools write: none has one mark for two things, or a letter that its encoding lacks."""
    decimal = draw(st.sampled_from((".", ",")))
    encoding = draw(st.sampled_from(ENCODINGS))
    groups = [group for group in GROUPS if group != decimal and not (encoding == "cp1252" and group == "\u202f")]
    return Dialect(
        delimiter=draw(st.sampled_from((",", ";", "\t", "|"))),
        decimal=decimal,
        group=draw(st.sampled_from(groups)),
        dates=draw(st.sampled_from(sorted(DATES))),
        header=draw(st.sampled_from(HEADERS)),
        order=tuple(draw(st.permutations(range(6)))),
        falls=draw(st.booleans()),
        encoding=encoding,
        ending=draw(st.sampled_from(("\n", "\r\n", "\r"))),
        packed=draw(st.booleans()),
        currency=draw(st.sampled_from(("", "$", "€", "EUR "))),
    )


PRICES: Final = st.decimals("0.0001", "9999999", places=4).map(float)
BAR: Final = st.tuples(PRICES, PRICES, PRICES, PRICES, st.integers(0, 10**12))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dialect=dialects(), bars=st.lists(BAR, min_size=45, max_size=60))
def test_a_table_in_any_dialect_is_read_back_exactly(
    tmp_path: Path, dialect: Dialect, bars: list[tuple[float, float, float, float, int]]
) -> None:
    """45 sessions in a row hold a day over 12 and a change of month, which decide the order of any date."""
    days = [FIRST_DAY + timedelta(days=number) for number in range(len(bars))]
    prices, volume = np.array([bar[:4] for bar in bars]), [bar[4] for bar in bars]
    path = tmp_path / "AAPL.csv"
    path.write_bytes(dialect.write(days, prices, volume))
    found = read_price_file(path, "AAPL")
    assert found.bars.sessions.tolist() == days
    assert np.array_equal(found.bars.prices, prices)
    assert found.bars.volume.tolist() == volume
    assert found.notes == ()


def outcome(path: Path) -> PriceFile | BadPriceFile:
    """What a file gives, whichever it is."""
    try:
        return read_price_file(path, "AAPL")
    except BadPriceFile as error:
        return error


PIECES: Final = (
    *("Date", "Close", "Open", "Volume", "Ticker", "Price", ",", ";", "\t", "\n", "\r", '"', "#", "=", " ", "\u00a0"),
    *(
        "2024-07-12",
        "15.07.2024",
        "07/15/24",
        "Jul 12, 2024",
        "1.234",
        "1,234",
        "€",
        "1e9",
        "null",
        "-",
        "0.25 Dividend",
    ),
    *("\0", "\ufeff", "9" * 30, "١٢", "😀"),
)
HEADS: Final = (
    b"",
    b"Date,Close\n",
    b"Date;Open;High;Low;Close\n",
    b"\xff\xfe",
    b"\x1f\x8b\x08",
    gzip.compress(b"Date,Close\n2024")[:-9],
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(HEADS),
    body=st.binary(max_size=300) | st.lists(st.sampled_from(PIECES)).map("".join).map(str.encode),
)
@example(head=b"", body=b",Close\nTicker\nDate\n")
@example(head=b"", body=b"Date\nDate,Close\nDate,Close\n")
def test_any_bytes_are_read_or_refused(tmp_path: Path, head: bytes, body: bytes) -> None:
    path = tmp_path / "AAPL.csv"
    path.write_bytes(head + body)
    found = outcome(path)
    if isinstance(found, BadPriceFile):
        assert found.what.startswith("AAPL.csv")
        assert found.what.isprintable()
        assert len(str(found)) < 400
        return
    assert len(found.bars.sessions) == len(found.bars.prices) == len(found.bars.volume)
    assert not np.isinf(found.bars.prices).any()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 18_000), change=st.binary(min_size=1, max_size=3))
def test_a_good_file_with_a_changed_spot_is_the_same_or_refused_or_tells_its_loss(
    tmp_path: Path, place: int, change: bytes
) -> None:
    """No other row changes, whatever one spot holds."""
    text = csv_text(price_history(sessions=150)).encode()
    path = tmp_path / "AAPL.csv"
    path.write_bytes(text)
    good = read_price_file(path, "AAPL").bars
    spot = place % len(text)
    path.write_bytes(text[:spot] + change + text[spot + len(change) :])
    outcome_now = outcome(path)
    if isinstance(outcome_now, BadPriceFile):
        return
    found = outcome_now.bars
    same = np.intersect1d(good.sessions, found.sessions, return_indices=True)
    moved = np.flatnonzero((good.prices[same[1]] != found.prices[same[2]]).any(axis=1))
    assert len(moved) <= 2  # a row that is split in two, or dated as another one
    assert len(found) >= len(good) - 2


@pytest.mark.parametrize(
    "data",
    [
        b"Date,Close\n" + b"1,\n" * 95_000,
        b"Date,Close\n" + (b"2024-07-12" + b"," * 49_000 + b"x\n") * 400,
        b"Date,Close\n" + b'"' * MAX_FILE_BYTES,
        (b"a" + b"," * 49_000 + b"\n") * 400,
        b"Date,Close\n" + b"2024-07-12,1.5\n" * 95_000,
        gzip.compress(b"\n" * MAX_FILE_BYTES),
    ],
    ids=("rows", "columns", "quotation marks", "headers", "prices", "packed lines"),
)
def test_a_hostile_file_takes_no_more_memory_than_a_large_one(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "AAPL.csv"
    path.write_bytes(data[:MAX_FILE_BYTES])
    tracemalloc.start()
    found = outcome(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(found, PriceFile) or len(str(found)) < 400
    assert peak < 20 * MAX_FILE_BYTES
