"""Price files that cannot be understood: refused with file, line, value and reason."""

import gzip
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest

from forecasting.errors import BadPriceFile
from forecasting.prices.price_files.file_text import MAX_FILE_BYTES
from forecasting.prices.price_files.layout import MAX_LINE, MAX_LINES
from forecasting.prices.price_files.reading import read_price_file

PLAIN: Final = "Date,Open,High,Low,Close,Volume\n2024-07-12,216.15,220.38,215.1,220.27,58046180\n"


def read(folder: Path, data: str | bytes) -> None:
    """Read a file AAPL.csv with this content."""
    path = folder / "AAPL.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    read_price_file(path, "AAPL")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("Date,Close\n25/12/2024,1.5\n13/25/2024,1.5\n", 3, "“13/25/2024” is no date."),
        ("Date,Close\n01/15/2024,1\n01/16/2024,1\n17/01/2024,1\n", 4, "is no date in the order of the other lines"),
        ("Date,Close\n04/03/2024,1\n03/03/2024,1\n02/03/2024,1\n", 2, "may be 4 Mar 2024 or 3 Apr 2024"),
        ("Date,Close\n05/06/07,1\n", 2, "may be 5 Jun 2007 or 6 May 2007 or 7 Jun 2005"),
        ("Date,Close\n2024-07-12,1\n15.07.2024,1\n2024-07-16,1\n", 3, "of another kind than those of the other lines"),
        ("Date,Close\n2024-02-30,1\n", 2, "“2024-02-30” is no date."),
        ("Date,Close\n2024-07-12,1\nsoon,2\n2024-07-15,1\n", 3, "“soon” is no date."),
        ("Date,Close\n2024-07-12,1\n,2\n", 3, "an empty cell is no date."),
        ("Date,Close\n2024-07-12 10:00,1\n2024-07-12 11:00,2\n", 3, "is a second time of 12 Jul 2024"),
        ("Date,Time,Close\n2024-07-12,10:00,1\n2024-07-12,11:00,2\n", 3, "is a second time of 12 Jul 2024"),
        ("time,close\n1720738800,1\n", 2, "is late in the evening of UTC"),
        ("Date,Close\n2024-07-11T23:00:00Z,1\n", 2, "is late in the evening of UTC"),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,abc\n", 3, "“abc” is no number."),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,#REF!\n", 3, "“#REF!” is no number."),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,1_5\n", 3, "“1_5” is no number."),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,١٢\n", 3, "“١٢” is no number."),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,inf\n", 3, "“inf” is no number."),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,1e999\n", 3, "“1e999” is no number."),
        ("Date,Close\n2024-07-12,1.5%\n", 2, "“1.5%” is no number."),
        ("Date,Close\n2024-07-12,1.23M\n", 2, "“1.23M” is no number."),
        ("Date;Close\n2024-07-12;1,5\n2024-07-15;1,6\n2024-07-16;1.7\n", 4, "the decimal mark is a comma"),
        ("Date;Close\n2024-07-12;1.234\n", 2, "“1.234” may have decimals or thousands"),
        ("Date,Close\n2024-07-12,1.5\n2024-07-15,12 34\n", 3, "“12 34” is no number."),
        ("Date,Close,Volume\n2024-07-12,1.5,many\n", 2, "“many” is no number."),
        ("Date,Open,High,Low,Close\n2024-07-12,1,5,2,5,0,5,1,5\n", 2, "there are 9 values, but 5 columns"),
        ("Date,Open,High,Low,Close\n2024-07-12,1.5,2.5,0.", 2, "“0.” is the last"),
        ("Date,Open,High,Low,Close\n2024-07-12,1.5,2.5,0.5,1.5\n\n\n2024-07-1", 5, "“2024-07-1” is the last"),
        ('Date,Note,Close\n2024-07-12,"two\nlines",1\n2024-07-15,,x\n', 4, "“x” is no number."),
        ('Date,Close\n2024-07-12,"1\n2024-07-15,1\n', 2, "a quotation mark in it is not closed"),
        ("Date,Open,Close\n2024-07-12,1,2\n", 1, "the column High is missing"),
        ("Date,Close,Close\n2024-07-12,1,2\n", 1, "there are two columns “Close”"),
        ("Date,2024-07-12\nDate,Open\n", 1, "names no columns with dates and closing prices"),
        ("2024-07-12,1,2,3,4,5\n", 1, "names no columns with dates and closing prices"),
        ('{"date": "2024-07-12", "close": 1}', 1, "names no columns with dates and closing prices"),
        ("Symbol,Date,Close\nKO,2024-07-12,1\nPEP,2024-07-12,1\n", 3, "“PEP” is a second symbol"),
        ("Price,Close,Close\nTicker,KO,PEP\nDate,,\n2024-07-12,1,2\n", 1, "several symbols (KO, PEP)"),
        ("Date,Close\n" + "x" * (MAX_LINE + 1), 2, "more than 50,000 characters"),
        ("Date,Close\n" + "9" * 5000 + ",1\n", 2, "“" + "9" * 40 + "…” is no date."),
        ("Date,Close\n2024-07-12,<b>&amp;\x07</b>\n2024-07-15,1\n", 2, "“<b>&amp; </b>” is no number."),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line_and_value(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    with pytest.raises(BadPriceFile) as raised:
        read(tmp_path, text)
    assert raised.value.what.startswith(f"AAPL.csv, line {line}: ")
    assert reason in raised.value.what
    assert raised.value.line == line
    assert len(str(raised.value)) < 250


def zipped() -> bytes:
    """A zip archive with the plain file in it."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("AAPL.csv", PLAIN)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n", "is empty"),
        (b" <!DOCTYPE html><html>", "is a web page"),
        (zipped(), "is an Excel workbook or a zip archive"),
        (gzip.compress(zipped()), "is an Excel workbook or a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook"),
        (b"\xff\xfe\x00\xd8", "is no text"),
        (b"PAR1\x00\x01\x02\x00\x00", "is no text"),
        (gzip.compress(gzip.compress(PLAIN.encode())), "is no text"),
        (gzip.compress(PLAIN.encode())[:-12], "is cut off"),
        (gzip.compress(PLAIN.encode())[:20] + b"garbage", "is damaged|is cut off"),
        (gzip.compress(b"0" * (MAX_FILE_BYTES + 1)), "is larger than 20 MB"),
        (gzip.compress(b"0" * (MAX_FILE_BYTES // 2 + 1)) * 2, "is larger than 20 MB"),
        (b"Date,Close\n" + b"\n" * MAX_LINES, "has more than 100,000 lines"),
        (b"Date,Close\n2024-06-21,1\n2024-06-28,1\n2024-07-05,1\n2024-07-12,1\n", "has a price every 7 days"),
    ],
)
def test_what_is_no_table_of_daily_prices_is_refused_as_a_whole(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(BadPriceFile, match=rf"^AAPL\.csv (?:{reason})") as raised:
        read(tmp_path, data)
    assert raised.value.line is None


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadPriceFile, match=r"AAPL\.csv is no file"):
        read_price_file(tmp_path / "AAPL.csv", "AAPL")
