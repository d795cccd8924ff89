"""The CSV folder: Yahoo's layout, adjusted, and nothing outside the folder."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.errors import (
    BadPrices,
    FanchartError,
    SettingsError,
    SourceUnreachable,
    TooLittleHistory,
    UnknownSymbol,
)
from forecasting.prices.sources.csv_folder import MAX_FILE_BYTES, CsvFolderSource
from tests.factories import CSV_HEADER, csv_text, price_history
from tests.fakes import ManualClock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "AAPL.csv").write_text(csv_text(price_history()))
    return tmp_path


def test_a_file_becomes_a_history(folder: Path) -> None:
    history = CsvFolderSource(folder, ManualClock()).history("AAPL")
    expected = price_history()
    for name in ("open", "high", "low", "close", "volume"):
        assert np.allclose(getattr(history, name), getattr(expected, name), rtol=1e-12), name
    assert np.array_equal(history.sessions, expected.sessions)
    assert (history.symbol, history.source, history.exchange, history.currency) == ("AAPL", "csv", "XNYS", "USD")


def test_adj_close_takes_a_split_out_of_all_four_prices(folder: Path) -> None:
    (folder / "SPLT.csv").write_text(csv_text(price_history("SPLT"), split_row=600))
    history = CsvFolderSource(folder, ManualClock()).history("SPLT")
    expected = price_history("SPLT")
    for name in ("open", "high", "low", "close"):
        assert np.allclose(getattr(history, name), getattr(expected, name), rtol=1e-12), name
    assert np.array_equal(history.volume, expected.volume)


def test_without_adj_close_prices_stay_as_they_are(folder: Path) -> None:
    lines = csv_text(price_history("RAW")).replace("Adj Close,", "").splitlines()
    cut = [lines[0], *(",".join(np.delete(line.split(","), 5)) for line in lines[1:])]
    (folder / "RAW.csv").write_text("\n".join(cut))
    assert np.allclose(CsvFolderSource(folder, ManualClock()).history("RAW").close, price_history("RAW").close)


def test_since_cuts_and_asks_for_no_minimum(folder: Path) -> None:
    history = CsvFolderSource(folder, ManualClock()).history("AAPL", date(2024, 7, 1))
    assert history.sessions.tolist() == [date(2024, 7, 1), date(2024, 7, 2), date(2024, 7, 3)]


@pytest.mark.parametrize(("file", "symbol"), [("^GSPC.csv", "^GSPC"), ("brk.b.csv", "BRK-B"), ("7203.T.csv", "7203.T")])
def test_file_names_are_symbols_as_people_write_them(folder: Path, file: str, symbol: str) -> None:
    (folder / file).write_text(csv_text(price_history(symbol)))
    assert CsvFolderSource(folder, ManualClock()).history(symbol).symbol == symbol


def test_search_finds_files(folder: Path) -> None:
    source = CsvFolderSource(folder, ManualClock())
    assert [match.symbol for match in source.search("aa")] == ["AAPL"]
    assert source.search("") == ()
    assert source.search("zz") == ()


@pytest.mark.parametrize("symbol", ["../AAPL", "/etc/passwd", "..", "AAPL.csv", "sub/AAPL", "aapl\x00", "NONE", "*"])
def test_nothing_but_the_folders_files_can_be_asked_for(folder: Path, symbol: str) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "MSFT.csv").write_text(csv_text(price_history("MSFT")))
    with pytest.raises(UnknownSymbol):
        CsvFolderSource(inner, ManualClock()).history(symbol)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("", BadPrices, "not a table"),
        ("Date,Open,High\n", BadPrices, "lacks the column Low"),
        ("<html><body>no</body></html>", BadPrices, "lacks the column Date"),
        (CSV_HEADER + "\n", TooLittleHistory, "0 sessions"),
        (CSV_HEADER + "\n2024-01-02,1,1,1,1,1,1\n", TooLittleHistory, "1 sessions"),
        (CSV_HEADER + "\nnull,null,null,null,null,null,null\n", TooLittleHistory, "0 sessions"),
        ('Date,Open\n"2024', BadPrices, "lacks|not a table"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_name(
    folder: Path, text: str, error: type[FanchartError], words: str
) -> None:
    (folder / "ODD.csv").write_text(text)
    with pytest.raises(error, match=words):
        CsvFolderSource(folder, ManualClock()).history("ODD")


def test_bytes_that_are_no_text_are_refused(folder: Path) -> None:
    (folder / "ODD.csv").write_bytes(b"\xff\xfe\x00\x01" * 100)
    with pytest.raises(BadPrices):
        CsvFolderSource(folder, ManualClock()).history("ODD")


def test_an_enormous_file_is_not_read(folder: Path) -> None:
    with (folder / "BIG.csv").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(BadPrices, match="larger than 20 MB"):
        CsvFolderSource(folder, ManualClock()).history("BIG")


def test_a_folder_named_like_a_file_is_unreachable(folder: Path) -> None:
    (folder / "DIR.csv").mkdir()
    with pytest.raises(SourceUnreachable):
        CsvFolderSource(folder, ManualClock()).history("DIR")


def test_a_folder_without_prices_is_a_wrong_setting(tmp_path: Path) -> None:
    for wrong in (tmp_path, tmp_path / "missing"):
        with pytest.raises(SettingsError, match=str(wrong)):
            CsvFolderSource(wrong, ManualClock())


ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=300)
NEARLY_ROWS = st.from_regex(r"(20\d\d-[01]\d-\d\d(,-?[\d.e]{0,9}){0,7}\n)*")


@settings(max_examples=50)
@given(text=ANY_TEXT | NEARLY_ROWS)
def test_any_file_gives_a_history_or_a_named_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("prices")
    (folder / "ANY.csv").write_text(CSV_HEADER + "\n" + text, "utf-8", newline="")
    try:
        history = CsvFolderSource(folder, ManualClock()).history("ANY", date(1990, 1, 1))
    except FanchartError:
        return
    assert len(history) > 0
