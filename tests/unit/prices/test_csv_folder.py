"""The CSV folder: one file a symbol, adjusted, and nothing outside the folder."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.errors import (
    BadPriceFile,
    FanchartError,
    SettingsError,
    SourceUnreachable,
    TooLittleHistory,
    UnknownSymbol,
)
from forecasting.prices.price_files.file_text import MAX_FILE_BYTES
from forecasting.prices.sources.csv_folder import CsvFolderSource
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
        ("", BadPriceFile, "ODD.csv is empty"),
        ("Date,Open,High\n", BadPriceFile, "names no columns with dates and closing prices"),
        ("Date,Open,High,Close\n", BadPriceFile, "line 1: the column Low is missing"),
        ("<html><body>no</body></html>", BadPriceFile, "is a web page"),
        (CSV_HEADER + "\n", TooLittleHistory, "0 sessions"),
        (CSV_HEADER + "\n2024-01-02,1,1,1,1,1,1\n", TooLittleHistory, "1 sessions"),
        (CSV_HEADER + "\nnull,null,null,null,null,null,null\n", TooLittleHistory, "0 sessions"),
        (CSV_HEADER + '\n"2024', BadPriceFile, "line 2: a quotation mark in it is not closed"),
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
    with pytest.raises(BadPriceFile):
        CsvFolderSource(folder, ManualClock()).history("ODD")


def test_an_enormous_file_is_not_read(folder: Path) -> None:
    with (folder / "BIG.csv").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(BadPriceFile, match="larger than 20 MB"):
        CsvFolderSource(folder, ManualClock()).history("BIG")


def test_a_folder_named_like_a_file_is_unreachable(folder: Path) -> None:
    (folder / "DIR.csv").mkdir()
    with pytest.raises(BadPriceFile, match=r"DIR\.csv is no file"):
        CsvFolderSource(folder, ManualClock()).history("DIR")


def test_a_pipe_named_like_a_file_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "PIPE.csv")
    with pytest.raises(BadPriceFile, match=r"PIPE\.csv is no file"):
        CsvFolderSource(folder, ManualClock()).history("PIPE")


@pytest.mark.parametrize("name", ["aapl.CSV", "AAPL.tsv", "AAPL.csv.gz", "Aapl.Csv.GZ", "$AAPL.csv"])
def test_endings_count_in_any_case(tmp_path: Path, name: str) -> None:
    text = csv_text(price_history()).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.lower().endswith("gz") else text)
    source = CsvFolderSource(tmp_path, ManualClock())
    assert source.symbols() == ("AAPL",)
    assert len(source.history("AAPL")) == 1200


def test_copies_that_windows_and_macos_make_are_no_symbols(folder: Path) -> None:
    for name in ("AAPL (1).csv", "AAPL - Copy.csv", "._AAPL.csv", "AAPL.csv.part", "notes.txt", "AAPL.csv~"):
        (folder / name).write_text("")
    assert CsvFolderSource(folder, ManualClock()).symbols() == ("AAPL",)


def test_two_files_of_one_symbol_are_refused_by_their_names(folder: Path) -> None:
    (folder / "aapl.csv").write_text("")
    with pytest.raises(BadPriceFile, match=r"AAPL\.csv and aapl\.csv are both prices of AAPL"):
        CsvFolderSource(folder, ManualClock()).history("AAPL")


def test_what_the_file_lacks_is_noted_before_what_was_dropped(folder: Path) -> None:
    history = price_history()
    lines = [f"{day},{close}" for day, close in zip(history.sessions, history.close, strict=True)]
    (folder / "KO.csv").write_text("\n".join(["Date,Close", *lines, lines[-1]]))
    notes = CsvFolderSource(folder, ManualClock()).history("KO").notes
    assert notes[:2] == ("closing prices only", "no volume in the file")
    assert notes[2].startswith("dropped 1 duplicate session")


def test_a_folder_that_is_gone_is_unreachable_until_it_is_back(folder: Path) -> None:
    source = CsvFolderSource(folder, ManualClock())
    folder.rename(folder.with_name("away"))
    for ask in (source.history, source.search):
        with pytest.raises(SourceUnreachable, match="cannot be read"):
            ask("AAPL")
    folder.with_name("away").rename(folder)
    assert len(source.history("AAPL")) == 1200


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
        history = CsvFolderSource(folder, ManualClock()).history("ANY")
    except FanchartError:
        return
    assert len(history) > 0
