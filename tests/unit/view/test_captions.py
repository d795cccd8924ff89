"""Captions and status lines to the letter, and within Telegram's limits where everything is as long as can be."""

from dataclasses import replace
from datetime import date, timedelta
from html import escape, unescape
from re import findall, sub
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sending.outgoing import CAPTION_LENGTH, TEXT_LENGTH, chunks, units
from bot.view.keyboards import forecast_keyboard
from bot.view.text.caption import compare_caption, data_line, forecast_caption, one_line, trouble_line
from bot.view.text.digest import symbol_line
from bot.view.text.evaluation import evaluation_caption, evaluation_table
from bot.view.text.model import model_text
from bot.view.text.names import company, forecaster_name, model_name, source_name
from bot.view.text.prices import fits_caption, notes_line, notes_text
from bot.view.text.record import record_text
from bot.view.text.status import source_line, status_text
from bot.view.text.training import cancelled_text, job_line, progress_text, promotion_line, training_text
from forecasting.forecasts import BEHIND_LIMIT, Answer
from forecasting.types.bars import PriceTrouble, SourceStatus
from forecasting.types.job_records import Job, Progress
from forecasting.types.quantile_forecast import ModelKind
from forecasting.types.scorecards import Comparison, Outcome
from tests.factories import NOW, forecast, model_record, quantile_prices, score, scorecard

UTC_ZONE = ZoneInfo("UTC")
JOB = Job(12, "train", "AAPL", "queued", (1, 2), NOW)
NAMES = ("model", "naive", "drift", "volatility band", "historical quantiles", "ewma band", "gjr-garch-t")


def visible(html: str) -> str:
    return unescape(sub(r"<[^>]*>", "", html))


def balanced(html: str) -> bool:
    """Whether every tag that is opened is closed, in the right order."""
    open_tags: list[str] = []
    for closing, name in findall(r"<(/?)(\w+)[^>]*>", html):
        if not closing:
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return False
    return not open_tags


def test_a_whole_caption_reads_like_this() -> None:
    made = replace(forecast(), past_closes=(99.0, 100.0), prices=quantile_prices(100.0, 0.02), source="yahoo")
    assert visible(forecast_caption(Answer(made, None, 0), 1, UTC_ZONE)) == (
        "AAPL · AAPL Inc.\n"
        "Close $100.00 on 3 Jul 2024\n"
        "\n"
        "Next session, Thu 4 Jul 2024:\n"
        "median $100.00 (0.0%)\n"
        "80% range $96.98 to $103.11\n"
        "chance of closing higher 50%\n"
        "\n"
        "100 past forecasts, 1 session ahead (no change in brackets):\n"
        "RMSE 2.91% (4.20%) · MAE 2.13% (3.08%)\n"
        "It was not compared with no change.\n"
        "\n"
        "Base model · Yahoo to 3 Jul 2024 · not advice"
    )


def test_a_close_that_looks_wrong_is_told_with_the_one_before() -> None:
    made = replace(forecast(), past_closes=(57.97, 579.7), prices=quantile_prices(579.7), doubted=True)
    words = "⚠️ This close looks wrong: $579.70 after $57.97. The bands leave it out until it is confirmed."
    assert words in forecast_caption(Answer(made, None, 0), 5, UTC_ZONE)
    assert words in compare_caption([made, forecast()], 5)
    assert words in symbol_line(Answer(made, None, 0), [], 5)
    assert words not in forecast_caption(Answer(replace(made, doubted=False), None, 0), 5, UTC_ZONE)


@pytest.mark.parametrize(
    ("behind", "words"),
    [
        (1, "⚠️ These prices are 1 session old."),
        (6, "⚠️ These prices are 6 sessions old."),
        (BEHIND_LIMIT, f"⚠️ These prices are at least {BEHIND_LIMIT} sessions old."),
    ],
)
def test_the_age_of_prices_is_told(behind: int, words: str) -> None:
    assert words in forecast_caption(Answer(forecast(), None, behind), 5, UTC_ZONE)


def test_labels_stand_before_the_training_and_the_data_is_named_last() -> None:
    made = replace(forecast(), source="simulated")
    trouble = PriceTrouble("A <b> broke.", None)
    lines = forecast_caption(Answer(made, trouble, 2), 5, UTC_ZONE, "🛠 training").splitlines()[-5:]
    assert lines == [
        "⚠️ Simulated prices, not a real market.",
        "⚠️ A &lt;b&gt; broke. Here is the forecast on data to 3 Jul 2024.",
        "⚠️ These prices are 2 sessions old.",
        "🛠 training",
        "<i>Base model · simulated market to 3 Jul 2024 · not advice</i>",
    ]


@pytest.mark.parametrize(
    ("notes", "line"),
    [
        ((), ""),
        (("dropped 2 zero prices",), "⚠️ Data: dropped 2 zero prices."),
        (("closing prices only", "no move for 12 sessions"), "⚠️ Data: closing prices only; no move for 12 sessions."),
        (("a" * 50, "<b>" * 20, "c"), f"⚠️ Data: {'a' * 50}; 2 more."),
    ],
)
def test_what_the_checks_found_takes_one_line(notes: tuple[str, ...], line: str) -> None:
    assert notes_line(notes) == line
    labels = forecast_caption(Answer(replace(forecast(), notes=notes), None, 0), 5, UTC_ZONE).splitlines()
    assert line in labels
    keyboard = forecast_keyboard("AAPL", 5, notes=not fits_caption(notes)).inline_keyboard
    buttons = [button.text for row in keyboard for button in row]
    assert ("About the data" in buttons) == ("more" in line)
    assert all(escape(note) in notes_text("AAPL", notes) for note in notes)


@pytest.mark.parametrize(
    ("kind", "line"),
    [("base", "Base model"), ("pool", "Model of all symbols here"), ("symbol", "Its own model")],
)
def test_every_kind_of_model_has_a_name(kind: ModelKind, line: str) -> None:
    assert data_line(replace(forecast(), model_kind=kind)).startswith(f"<i>{line} · CSV files")
    assert model_name(kind)[0].islower()


def test_names_of_sources_and_forecasters_and_what_has_none() -> None:
    assert [source_name(name) for name in ("yahoo", "csv", "tiingo", "simulated", "other")] == [
        "Yahoo",
        "CSV files",
        "Tiingo",
        "simulated market",
        "other",
    ]
    assert all(len(forecaster_name(name)) <= 12 for name in NAMES)
    assert forecaster_name("model") == "model"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Apple Inc.", "<b>AAPL</b> · Apple Inc."),
        (" aapl ", "<b>AAPL</b>"),
        ("", "<b>AAPL</b>"),
        ("<i>&", "<b>AAPL</b> · &lt;i&gt;&amp;"),
        ("N" * 80, f"<b>AAPL</b> · {'N' * 60}"),
    ],
)
def test_a_company_is_named_beside_its_symbol_where_that_says_more(name: str, shown: str) -> None:
    assert company(replace(forecast(), name=name)) == shown


def test_a_line_for_a_list_of_results_has_no_markup() -> None:
    made = replace(forecast(), prices=quantile_prices(100.0, 0.02), currency="GBp")
    assert one_line(made, 5) == "5 sessions: 100.0 p, 80% range 93.4 p to 107.1 p"


def test_the_next_try_is_told_as_the_reader_s_clock_shows_it() -> None:
    trouble = PriceTrouble("Yahoo is limiting us.", NOW)
    assert "Next try at 4 Jul 03:00 IST." in trouble_line(
        trouble, date(2024, 7, 3), ZoneInfo("Asia/Kolkata"), is_retried=True
    )
    assert "Try again at 3 Jul 21:30 UTC." in trouble_line(trouble, date(2024, 7, 3), UTC_ZONE), "nothing is promised"
    assert "Next try" not in trouble_line(PriceTrouble("Gone.", None), date(2024, 7, 3), UTC_ZONE)


def test_an_evaluation_with_every_baseline_is_a_table_of_six_parts() -> None:
    card = replace(scorecard(), scores=tuple(score(name, h) for h in (1, 5, 10, 20) for name in (*NAMES, "other")))
    table = visible(evaluation_table(card))
    heads = [line.split("  ")[0].strip() for line in table.splitlines() if line.rstrip().endswith("20d")]
    assert heads == ["CRPS %", "RMSE %", "MAE %", "MAPE %", "MASE", "held, %"]
    assert card.forecasters == (*NAMES, "other")
    crps = table.split("\n\n")[0].splitlines()[-8:]
    assert crps[0] == "model         1.60  1.60  1.60  1.60"
    assert "right way       53    53    53    53" in table
    assert "95% band        94    94    94    94" in table


def test_what_was_not_scored_is_an_empty_cell() -> None:
    part = tuple(one for one in scorecard().scores if (one.forecaster, one.horizon) != ("naive", 5))
    nowhere = replace(part[0], hit_rate=float("nan"))
    table = visible(evaluation_table(replace(scorecard(), scores=(nowhere, *part[1:]))))
    assert "no change     2.24        2.24  2.24" in table
    assert "right way             53    53    53" in table


def test_an_evaluation_of_a_symbol_with_everything_at_its_longest_fits_a_caption() -> None:
    horizons = (1, 5, 10, 20)
    long = replace(
        scorecard("X" * 20),
        scores=tuple(score(name, horizon) for horizon in horizons for name in NAMES),
        comparisons=tuple(
            comparison
            for horizon in horizons
            for name in NAMES[1:]
            for comparison in (
                Comparison(name, horizon, "crps", -0.12345, 0.049),
                Comparison(name, horizon, "squared error", -0.12345, 0.00001),
            )
        ),
    )
    assert units(evaluation_caption(long)) <= CAPTION_LENGTH
    assert units(evaluation_table(long)) <= TEXT_LENGTH
    assert balanced(evaluation_caption(long))
    assert balanced(evaluation_table(long))


def test_a_record_names_each_horizon_once_and_the_latest_five() -> None:
    one = Outcome("A&B", date(2024, 7, 3), 5, date(2024, 7, 10), 101.0, 100.0, -0.01, 0.02, 0.8, 0.004, 0.02)
    outcomes = [replace(one, horizon=horizon, band=band) for horizon in (1, 20) for band in (0.5, 0.8, 0.95, 1.0)]
    lines = visible(record_text("A&B", outcomes)).splitlines()
    assert lines[0] == "A&B: published forecasts whose date has passed"
    assert lines[1:3] == [
        "1 session: 80% band held 2 of 4, mean error 1.0% (no change 2.0%)",
        "20 sessions: 80% band held 2 of 4, mean error 1.0% (no change 2.0%)",
    ]
    assert lines[4:9] == ["Latest:", *(line for line in lines if line.startswith("10 Jul"))][:5]
    assert sum(line.startswith("10 Jul 2024:") for line in lines) == 5
    assert balanced(record_text("<A>", []))


@pytest.mark.parametrize(
    ("status", "line"),
    [
        (SourceStatus("yahoo", None, 0, None, ""), "Yahoo: not asked yet"),
        (SourceStatus("yahoo", NOW, 0, None, ""), "Yahoo: last answer 3 Jul 21:30 UTC"),
        (SourceStatus("csv", None, 1, None, ""), "⚠️ CSV files: 1 failure."),
        (SourceStatus("csv", None, 2, NOW - timedelta(1), "A <b>."), "⚠️ CSV files: 2 failures. A <b>."),
        (
            SourceStatus("tiingo", NOW, 3, NOW + timedelta(seconds=90), "No."),
            "⚠️ Tiingo: 3 failures, next try in 2 min (3 Jul 21:31 UTC); last answer 3 Jul 21:30 UTC. No.",
        ),
    ],
)
def test_a_source_is_told_in_one_line(status: SourceStatus, line: str) -> None:
    assert visible(source_line(status, NOW, UTC_ZONE)) == line
    assert "<" not in source_line(status, NOW, UTC_ZONE)


def test_the_status_counts_what_runs_and_what_waits() -> None:
    jobs = [JOB, replace(JOB, state="running"), replace(JOB, state="running")]
    assert "2 running, 1 waiting (/jobs)" in status_text([], jobs, NOW, NOW, UTC_ZONE)
    assert status_text([], [], NOW, NOW + timedelta(hours=25), UTC_ZONE).endswith("up for 1 day")


@pytest.mark.parametrize(
    ("job", "before", "text"),
    [
        (JOB, 0, "#12 train AAPL: queued"),
        (JOB, 3, "#12 train AAPL: queued (3 before it)"),
        (replace(JOB, state="running", progress=Progress("training", 3, 12)), 3, "epoch 3 of 12"),
        (replace(JOB, kind="tune", state="done", message="Best: <32>."), 0, "#12 tune AAPL: Best: <32>."),
        (replace(JOB, kind="pool", symbol="", state="cancelled"), 0, "#12 train on all symbols: cancelled"),
    ],
)
def test_a_job_s_message(job: Job, before: int, text: str) -> None:
    assert visible(training_text(job, before)).endswith(text)
    assert balanced(job_line(job))


def test_progress_without_a_total_is_its_stage_alone() -> None:
    assert progress_text(Progress("reading prices")) == "reading prices"


def test_a_gate_tells_by_how_much() -> None:
    assert promotion_line(model_record()) == "It beat the active model. (CRPS \N{MINUS SIGN}3.1% on 60 unseen windows)"
    rejected = model_record(promoted=False)
    assert promotion_line(rejected).endswith("(CRPS +3.1% on 60 unseen windows)")
    assert promotion_line(replace(rejected, promotion=None)) == "not compared"
    assert rejected.promotion
    nothing = replace(rejected, promotion=replace(rejected.promotion, active_crps=0.0, reason="A <b>."))
    assert promotion_line(nothing) == "A &lt;b&gt;. (CRPS 0.0% on 60 unseen windows)"


@pytest.mark.parametrize(
    ("asked_by", "state", "admin", "answer"),
    [
        ((2,), "queued", False, "Job 12 is being stopped."),
        ((2, 3), "running", True, "Job 12 is being stopped."),
        ((2, 3), "cancelled", False, "Job 12 is being stopped."),
        ((2, 3), "running", False, "You no longer wait for job 12; 1 other still does."),
        ((3, 4), "running", False, "You no longer wait for job 12; 2 others still do."),
    ],
)
def test_what_cancelling_did(asked_by: tuple[int, ...], state: str, admin: bool, answer: str) -> None:  # noqa: FBT001 - a table
    job = replace(JOB, asked_by=asked_by, state=state)  # type: ignore[arg-type]  # one of the five
    assert cancelled_text(job, 2, is_admin=admin) == answer


def test_a_model_text_lists_five_of_many_and_is_whole_html() -> None:
    past = [replace(model_record(sha256=f"{number:064d}"), state="retired") for number in range(9)]
    text = model_text(replace(forecast(), symbol="<A>"), None, past, NOW)
    assert text.count("•") == 5
    assert balanced(text)
    assert "/train" not in text
    assert model_text(replace(forecast(), symbol="<A>"), None, [], NOW).endswith("/train &lt;A&gt;")


@given(text=st.text(alphabet="ab<>&\n😀é ", max_size=3000), first=st.sampled_from((CAPTION_LENGTH, TEXT_LENGTH)))
def test_plain_words_that_are_cut_lose_nothing_but_line_breaks(text: str, first: int) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    pieces = chunks(escaped, first)
    assert sub(r"\s", "", unescape("".join(pieces))) == sub(r"\s", "", text)
    assert all(
        units(piece) <= limit for piece, limit in zip(pieces, (first, *[TEXT_LENGTH] * len(pieces)), strict=False)
    )


@pytest.mark.parametrize(
    ("html", "length"),
    [("", 0), ("<b>ab</b>", 2), ("&lt;&amp;", 2), ("😀", 2), ("é", 1), ('<a href="https://x.y">z</a>', 1)],
)
def test_a_length_is_what_telegram_counts(html: str, length: int) -> None:
    assert units(html) == length
