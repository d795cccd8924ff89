"""The command line on generated price files: once in a process of its own, then through its `main`."""

import csv
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pytest

import storage
from forecasting.__main__ import main
from forecasting.cli.export import COLUMNS
from forecasting.evaluation.walkforward import Schedule, origin_rows
from forecasting.model.artefact import base_artefact, sha256
from forecasting.types.bars import PriceHistory
from forecasting.types.job_records import ModelRecord
from forecasting.types.quantile_forecast import LEVELS
from tests.factories import NOW, price_history
from tests.waiting import PATIENCE_S

QUICK = ("--origins", "12", "--step", "10", "--no-garch")
EVERYBODY = {"model", "naive", "drift", "volatility band", "historical quantiles", "ewma band"}


def write(folder: Path, history: PriceHistory) -> None:
    """A file in the layout of Yahoo's downloads, unadjusted before a two-for-one split half way."""
    factor = np.where(np.arange(len(history)) < len(history) // 2, 2.0, 1.0)
    table = pd.DataFrame(
        {
            "Date": history.sessions,
            "Open": history.open * factor,
            "High": history.high * factor,
            "Low": history.low * factor,
            "Close": history.close * factor,
            "Adj Close": history.close,
            "Volume": history.volume.astype(int),
        }
    )
    table = pd.concat([table, table.iloc[-1:]])  # one session twice
    table.to_csv(folder / f"{history.symbol}.csv", index=False, float_format="%.9f")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two long listings, a short one, and one that is too short for anything."""
    made = tmp_path_factory.mktemp("prices")
    for symbol, sessions, seed in (("LONG", 1300, 1), ("OTHER", 1100, 2), ("SHORT", 400, 3), ("TINY", 100, 4)):
        write(made, price_history(symbol, sessions, seed=seed))
    return made


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Run(Protocol):
    def __call__(self, *words: str | Path) -> Ended: ...


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`python -m forecasting` with these words, in this process."""

    def here(*words: str | Path) -> Ended:
        try:
            code = main([str(word) for word in words])
        except SystemExit as left:  # argparse ends the process itself
            code = int(left.code or 0)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return here


def found_in(ended: Ended) -> Mapping[str, Any]:
    """The JSON of a command that ended well."""
    assert ended.code == 0, ended.err
    found: Mapping[str, Any] = json.loads(ended.out)
    return found


def test_it_runs_as_a_process_of_its_own_without_a_warning_and_without_tensorflow(folder: Path) -> None:
    program = (
        "import runpy, sys\n"
        "try:\n    runpy.run_module('forecasting', run_name='__main__')\n"
        "finally:\n    assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    words = ("predict", "LONG", "--source", f"csv:{folder}", "--json")
    command = [sys.executable, "-W", "error", "-c", program, *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE_S)  # noqa: S603 - our own words
    assert found_in(Ended(ended.returncode, ended.stdout, ended.stderr))["symbol"] == "LONG"
    assert ended.stderr == ""


def test_predict_prints_the_fan_the_scorecard_and_the_verdict(run: Run, folder: Path) -> None:
    ended = run("predict", "LONG", "--source", f"csv:{folder}", "--horizon", "3")
    assert ended.code == 0, ended.err
    for words in ("LONG", "Median", "50% band", "80% band", "95% band", "Higher", "historical quantiles", "no change"):
        assert words in ended.out
    assert "Checks: dropped 1 duplicate session" in ended.out
    assert "Not advice." in ended.out


def test_predict_as_json_is_complete(run: Run, folder: Path) -> None:
    found = found_in(run("predict", "LONG", "--source", f"csv:{folder}", "--horizon", "7", "--json"))
    assert [each["horizon"] for each in found["forecasts"]] == list(range(1, 8))
    assert [len(each["quantiles"]) for each in found["forecasts"]] == [len(LEVELS)] * 7
    sessions = [each["session"] for each in found["forecasts"]]
    assert sessions == sorted(set(sessions))
    assert sessions[0] > found["origin"]
    for each in found["forecasts"]:
        low, high = each["band_80"]
        assert low <= each["median"] <= high
        assert (low, high) == (each["quantiles"]["0.1"], each["quantiles"]["0.9"])
        assert 0 <= each["chance_higher"] <= 1
    assert found["model"]["kind"] == "base"
    assert found["close"] == pytest.approx(price_history("LONG", 1300, seed=1).close[-1])
    assert {each["forecaster"] for each in found["scorecard"]["scores"]} == EVERYBODY
    assert found["verdict"]


def test_predict_as_of_a_past_day_knows_nothing_later(run: Run, folder: Path, tmp_path: Path) -> None:
    history = price_history("LONG", 1300, seed=1)
    day = history.sessions[1000]
    for each in ("OTHER", "SHORT"):
        (tmp_path / f"{each}.csv").write_bytes((folder / f"{each}.csv").read_bytes())
    write(tmp_path, history.take(slice(1100)))  # what came is missing; the split is the same day in neither file
    there = found_in(run("predict", "LONG", "--source", f"csv:{folder}", "--as-of", str(day), "--json"))
    here = found_in(run("predict", "LONG", "--source", f"csv:{tmp_path}", "--as-of", str(day), "--json"))
    assert there["origin"] == here["origin"] <= str(day)
    np.testing.assert_allclose(
        [list(each["quantiles"].values()) for each in there["forecasts"]],
        [list(each["quantiles"].values()) for each in here["forecasts"]],
        rtol=1e-7,  # the files round prices to nine decimals
    )


def test_evaluate_exports_what_it_scores(run: Run, folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "forecasts.csv"
    found = found_in(run("evaluate", "--source", f"csv:{folder}", "--export", export, *QUICK, "--json"))
    assert [card["symbol"] for card in found["scorecards"]] == ["LONG", "OTHER"]
    assert {each["symbol"] for each in found["skipped"]} == {"SHORT", "TINY"}
    with export.open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert ",".join(COLUMNS[:8]) == "symbol,origin,horizon,model,close,q0.025,q0.05,q0.1"
    assert len(rows) == 2 * 12 * 4 * len(EVERYBODY)
    assert {row["model"] for row in rows} == EVERYBODY
    prices = np.array([[float(row[name]) for name in COLUMNS[5:]] for row in rows])
    assert (np.diff(prices, axis=1) >= 0).all()
    assert not list(tmp_path.glob("*.part"))


def test_an_export_can_be_scored_by_somebody_else(run: Run, folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "forecasts.csv"
    found = found_in(
        run("evaluate", "--source", f"csv:{folder}", "--symbols", "LONG", "--export", export, *QUICK, "--json")
    )
    closes = pd.read_csv(folder / "LONG.csv", index_col="Date", parse_dates=True)["Adj Close"]
    table = pd.read_csv(export, parse_dates=["origin"])
    for score in found["scorecards"][0]["scores"]:
        mine = table[(table["model"] == score["forecaster"]) & (table["horizon"] == score["horizon"])]
        loss = []
        for _, row in mine.iterrows():
            place = closes.index.get_loc(row["origin"])
            assert closes.iloc[place] == pytest.approx(row["close"])
            come = closes.iloc[place + score["horizon"]]
            excess = np.array([(come - row[f"q{level:g}"]) / row["close"] for level in LEVELS])
            loss.append(2 * np.mean(np.maximum(np.array(LEVELS) * excess, (np.array(LEVELS) - 1) * excess)))
        assert np.mean(loss) == pytest.approx(score["crps"], rel=1e-6)


def test_a_forecast_made_on_a_day_is_the_one_that_the_evaluation_scores(run: Run, folder: Path, tmp_path: Path) -> None:
    export = tmp_path / "forecasts.csv"
    found_in(run("evaluate", "--source", f"csv:{folder}", "--symbols", "LONG", "--export", export, *QUICK, "--json"))
    table = pd.read_csv(export)
    last = table[(table["model"] == "model") & (table["horizon"] == 5)].iloc[-1]
    found = found_in(
        run("predict", "LONG", "--source", f"csv:{folder}", "--as-of", last["origin"], "--horizon", "5", "--json")
    )
    expected = [last[f"q{level:g}"] for level in LEVELS]
    assert list(found["forecasts"][-1]["quantiles"].values()) == pytest.approx(expected, rel=1e-9)


def test_evaluate_prints_tables_for_people(run: Run, folder: Path) -> None:
    ended = run("evaluate", "--source", f"csv:{folder}", "--symbols", "all", *QUICK, "--horizons", "1,5")
    assert ended.code == 0, ended.err
    for words in (
        "CRPS / CRPS of the historical quantiles",
        "RMSE of the median",
        "bands",
        "Skipped SHORT",
        "2 symbols",
    ):
        assert words in ended.out


def test_a_file_that_cannot_be_read_is_skipped_with_its_line(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "LONG.csv").write_bytes((folder / "LONG.csv").read_bytes())
    (tmp_path / "ODD.csv").write_text("Date,Close\n2024-07-02,[/red]\n")
    ended = run("evaluate", "--source", f"csv:{tmp_path}", *QUICK, "--horizons", "1")
    assert ended.code == 0, ended.err
    assert "Skipped ODD: ODD.csv, line 2: “[/red]” is no number." in " ".join(ended.out.split())


def test_evaluate_scores_a_short_listing_that_is_named(run: Run, folder: Path) -> None:
    found = found_in(
        run("evaluate", "--source", f"csv:{folder}", "--symbols", "SHORT", "--horizons", "20", "--no-garch", "--json")
    )
    assert {score["horizon"] for score in found["scorecards"][0]["scores"]} == {20}
    (card,) = found["scorecards"]
    rows = origin_rows(400, Schedule())
    assert card["scores"][0]["origins"] <= len(rows)


def test_garch_is_among_the_baselines_unless_it_is_left_out(run: Run, folder: Path) -> None:
    found = found_in(run("evaluate", "--source", f"csv:{folder}", "--symbols", "SHORT", "--origins", "2", "--json"))
    assert {score["forecaster"] for score in found["scorecards"][0]["scores"]} == EVERYBODY | {"gjr-garch-t"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("predict", "NOPE"), "No price source knows NOPE"),
        (("predict", "TINY"), "a forecast needs 250"),
        (("predict", "LONG", "--as-of", "1990-01-01"), "a forecast needs 250"),
        (("predict", "LONG", "--as-of", "yesterday"), "write it as 2024-03-28"),
        (("predict", "LONG", "--horizon", "21"), "from 1 to 20"),
        (("predict", "LONG", "--model", "missing.fanchart"), "There is no model file"),
        (("predict", "LONG", "--model", "active", "--database", "missing.db"), "There is no database"),
        (("predict", "'; DROP TABLE prices"), "Type"),
        (("evaluate", "--horizons", "0,5"), "from 1 to 20"),
        (("evaluate", "--origins", "0"), "from 1 to"),
        (("evaluate", "--symbols", "TINY"), "a forecast needs 250"),
        (("evaluate", "--export", "/nowhere/file.csv", *QUICK), "cannot be written"),
        ((), "usage"),
        (("fly",), "invalid choice"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_ends_with_one_sentence_and_code_2(
    run: Run, folder: Path, words: tuple[str, ...], said: str
) -> None:
    source = ("--source", f"csv:{folder}") if words and words[0] in ("predict", "evaluate") else ()
    ended = run(*words, *source)
    assert ended.code == 2
    assert said in " ".join(ended.err.split())
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_a_source_that_is_none_is_named(run: Run) -> None:
    ended = run("predict", "LONG", "--source", "csv:/nowhere")
    assert ended.code == 2
    assert "/nowhere" in ended.err


def test_a_folder_is_needed_for_all_symbols(run: Run) -> None:
    ended = run("evaluate", "--source", "simulated")
    assert ended.code == 2
    assert "--symbols AAPL,MSFT" in ended.err


def test_a_file_that_is_no_model_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    fake = tmp_path / "model.fanchart"
    fake.write_bytes(b"not a model")
    ended = run("predict", "LONG", "--source", f"csv:{folder}", "--model", fake)
    assert ended.code == 2
    assert "not a model" in ended.err


def test_a_model_file_answers(run: Run, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model.fanchart"
    copy.write_bytes(base_artefact())
    source = ("--source", f"csv:{folder}")
    assert (
        found_in(run("predict", "LONG", *source, "--model", copy, "--json"))["forecasts"]
        == found_in(run("predict", "LONG", *source, "--json"))["forecasts"]
    )


def test_the_active_model_of_a_database_answers(run: Run, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    stores = storage.open(path)
    artefact = base_artefact()
    store = stores.models
    store.add(ModelRecord(sha256(artefact), "symbol", "LONG", "active", NOW, date(2024, 1, 2)), artefact)
    store.add(ModelRecord(sha256(artefact), "symbol", "OTHER", "retired", NOW, date(2024, 7, 3)), artefact)
    store.add(ModelRecord(sha256(artefact), "symbol", "SHORT", "active", NOW, date(2024, 7, 3)), artefact)
    stores.close()
    words = ("--source", f"csv:{folder}", "--model", "active", "--database", path)
    assert found_in(run("predict", "LONG", *words, "--json"))["model"]["kind"] == "symbol"
    assert found_in(run("predict", "OTHER", *words, "--json"))["model"]["kind"] == "base"
    card = found_in(run("evaluate", "--symbols", "LONG", *words, *QUICK, "--json"))["scorecards"][0]
    assert card["first_origin"] > "2024-01-02"  # what its training saw is not what it is judged on
    ended = run("evaluate", "--symbols", "SHORT", *words, *QUICK)
    assert ended.code == 2
    assert "nothing new is left to score" in ended.err


def test_what_the_command_does_not_name_comes_from_the_environment(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRICE_SOURCES", f"csv:{folder}")
    monkeypatch.setenv("DATABASE", str(tmp_path / "nothing.db"))
    assert found_in(run("predict", "LONG", "--json"))["source"] == "csv"
    assert found_in(run("evaluate", "--symbols", "LONG", *QUICK, "--json"))["source"] == f"csv:{folder}"
    assert "nothing.db" in run("predict", "LONG", "--model", "active").err
    assert found_in(run("predict", "LONG", "--source", "simulated", "--json"))["source"] == "simulated"
    monkeypatch.setenv("PRICE_SOURCES", "nowhere")
    assert "which is no price source" in run("predict", "LONG").err


def test_the_command_line_asks_the_mirror_and_has_the_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YAHOO_URL", "http://127.0.0.1:1")
    asked = run("predict", "AAPL", "--source", "yahoo")
    assert (asked.code, "Yahoo cannot be reached" in asked.err) == (2, True)
    assert "needs a key" in run("predict", "^GSPC", "--source", "tiingo").err
    monkeypatch.setenv("TIINGO_KEY", "secret")
    assert "No price source knows ^GSPC." in run("predict", "^GSPC", "--source", "tiingo").err
    monkeypatch.setenv("YAHOO_URL", "no address")
    wrong = run("predict", "AAPL")
    assert (wrong.code, wrong.err.strip().startswith("YAHOO_URL: ")) == (2, True)
