"""Every text fits what Telegram takes, escapes what it quotes, and gives no advice."""

from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from re import sub
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.view.text import fixed_texts
from bot.view.text.caption import compare_caption, forecast_caption, one_line
from bot.view.text.evaluation import evaluation_caption, evaluation_table
from bot.view.text.model import model_text
from bot.view.text.record import record_text
from bot.view.text.status import status_text
from bot.view.text.training import cancelled_text, job_line, training_line
from forecasting.forecasts import Answer
from forecasting.types.bars import PriceTrouble, SourceStatus
from forecasting.types.job_records import Job, Progress
from forecasting.types.quantile_forecast import Forecast
from forecasting.types.scorecards import Comparison, Outcome, Scorecard
from tests.factories import NOW, forecast, model_record, score, scorecard

BERLIN = ZoneInfo("Europe/Berlin")
BASELINES = ("naive", "drift", "volatility band", "historical quantiles", "ewma band", "gjr-garch-t")
JOB = Job(12, "train", "AAPL", "queued", (1, 2), NOW)


def full_scorecard() -> Scorecard:
    """A scorecard with every baseline and a significant comparison everywhere."""
    horizons = (1, 5, 10, 20)
    return replace(
        scorecard(),
        scores=tuple(score(name, horizon) for horizon in horizons for name in ("model", *BASELINES)),
        comparisons=tuple(
            Comparison(name, horizon, loss, -0.123, 0.00001)
            for horizon in horizons
            for name in BASELINES
            for loss in ("crps", "squared error")
        ),
    )


def visible(html: str) -> str:
    """What a reader sees; Telegram counts its limits after the markup is read."""
    return unescape(sub(r"<[^>]*>", "", html))


@given(
    name=st.text(max_size=200),
    horizon=st.integers(1, 20),
    behind=st.integers(0, 30),
    sentence=st.text(max_size=200),
)
def test_the_caption_fits_and_escapes_whatever_comes(name: str, horizon: int, behind: int, sentence: str) -> None:
    made = replace(forecast(card=full_scorecard()), name=name, source="simulated")
    trouble = PriceTrouble(sentence, NOW + timedelta(minutes=4))
    line = training_line(replace(JOB, state="failed", message="x" * 60))
    caption = forecast_caption(Answer(made, trouble, behind), horizon, BERLIN, line)
    assert len(visible(caption)) <= 1024
    assert visible(caption).endswith("not advice")
    assert name.strip()[:60] in visible(caption) or name.strip().upper() in {"", "AAPL"}


def test_the_caption_says_what_was_promised() -> None:
    made = forecast(card=full_scorecard())
    said = visible(forecast_caption(Answer(made, None, 0), 10, BERLIN))
    for words in ("Close $", "In 10 sessions, Wed 17 Jul 2024", "median $", "80% range $", "chance of closing higher"):
        assert words in said
    for words in ("RMSE 3.00% (3.00%)", "MAE 2.20% (2.20%)", "Base model · CSV files to 3 Jul 2024 · not advice"):
        assert words in said
    assert "⚠️" not in said
    assert "Too little history" in forecast_caption(Answer(replace(made, scorecard=None), None, 0), 5, BERLIN)
    assert one_line(made, 1).startswith("1 session: $")


def test_troubles_and_old_prices_are_labelled_in_the_chats_own_time() -> None:
    trouble = PriceTrouble("Yahoo is limiting us.", NOW + timedelta(minutes=4))
    said = visible(forecast_caption(Answer(forecast(), trouble, 2), 5, BERLIN, is_retried=True))
    assert "Yahoo is limiting us. Next try at 3 Jul 23:34 CEST. Here is the forecast on data to 3 Jul 2024." in said
    assert "These prices are 2 sessions old." in said


def test_evaluations_fit_and_tables_fit_a_phone() -> None:
    card = full_scorecard()
    assert len(visible(evaluation_caption(card))) <= 1024
    table = evaluation_table(card)
    assert len(visible(table)) <= 4096
    rows = table.partition("<pre>")[2].partition("</pre>")[0].splitlines()
    assert max(map(len, rows)) <= 36
    for name in ("no change", "20-day band", "history", "EWMA band", "GJR-GARCH-t"):
        assert any(row.startswith(name) for row in rows)


def test_four_forecasts_fit_one_caption() -> None:
    made = [replace(forecast(), symbol="X" * 20, name="N" * 100) for _ in range(4)]
    caption = compare_caption(made, 10)
    assert len(visible(caption)) <= 1024
    assert visible(caption).endswith("not advice")


def test_records_count_what_the_bands_held() -> None:
    inside = Outcome("AAPL", date(2024, 7, 3), 5, date(2024, 7, 10), 101.0, 100.0, 0.01, 0.02, 0.5, 0.004, 0.02)
    outside = replace(inside, band=1.0, error=-0.03)
    said = visible(record_text("AAPL", [inside, outside, replace(inside, band=0.8)]))
    assert "5 sessions: 80% band held 2 of 3, mean error 1.7% (no change 2.0%)" in said
    assert "10 Jul 2024: 101.00, inside the 50% band, +1.0% from the median of 3 Jul 2024" in said
    assert "outside every band" in said
    assert "No forecast of AAPL has reached its date yet." in visible(record_text("AAPL", []))


@pytest.mark.parametrize(
    ("job", "line"),
    [
        (JOB, "🛠 Its own model: queued, 2 before it."),
        (replace(JOB, state="running", progress=Progress("training", 3, 12)), "training, epoch 3 of 12."),
        (replace(JOB, state="running", progress=Progress("starting")), "Its own model: starting."),
        (replace(JOB, state="cancelled"), "training was cancelled."),
        (
            replace(JOB, state="done", message="Kept the base: it was no better."),
            "Kept the base: it was no better.",
        ),
        (replace(JOB, state="failed", message="Out of <memory>."), "Out of &lt;memory&gt;."),
    ],
)
def test_a_training_is_told_in_one_line(job: Job, line: str) -> None:
    told = training_line(job, 2)
    assert line in told
    assert "\n" not in told


def test_jobs_are_listed_with_their_numbers() -> None:
    assert visible(job_line(JOB)) == "#12 train AAPL: queued"
    assert visible(job_line(replace(JOB, kind="pool", symbol=""))) == "#12 train on all symbols: queued"
    assert cancelled_text(replace(JOB, asked_by=(2, 3, 4)), 2, is_admin=False).endswith("2 others still do.")


def test_models_tell_their_age_their_gate_and_that_prices_were_adjusted() -> None:
    active = replace(model_record(), older_adjustment=True)
    made = replace(forecast(), model_kind="symbol")
    said = visible(model_text(made, active, [active], NOW + timedelta(days=3)))
    assert "AAPL is answered by its own model" in said
    assert "Trained 3 days ago, on prices to 1 Apr 2024. Prices were adjusted since" in said
    assert "active: It beat the active model. (CRPS \N{MINUS SIGN}3.1% on 60 unseen windows)" in said
    assert "trained on simulated markets only" in visible(model_text(forecast(), None, [], NOW))


def test_the_status_names_failures_and_the_next_try() -> None:
    limited = SourceStatus("yahoo", NOW, 3, NOW + timedelta(minutes=4), "Yahoo is limiting us.")
    said = visible(status_text([limited], [JOB], NOW - timedelta(hours=2), NOW, BERLIN))
    assert "Yahoo: 3 failures, next try in 4 min (3 Jul 23:34 CEST); last answer 3 Jul 23:30 CEST." in said
    assert "0 running, 1 waiting" in said
    assert "up for 2 h" in said


def test_no_text_gives_advice() -> None:
    made: Forecast = forecast(card=full_scorecard())
    said = [
        fixed_texts.START,
        fixed_texts.HELP,
        fixed_texts.PRIVACY,
        fixed_texts.ADMIN_HELP,
        *(c.description for c in fixed_texts.COMMANDS),
    ]
    said += [forecast_caption(Answer(made, None, 0), 5, BERLIN), evaluation_caption(made.scorecard or scorecard())]
    for text in said:
        words = set(sub(r"[^a-z ]", " ", visible(text).lower()).split())
        assert not words & {"buy", "sell", "recommend"}


def test_menus_keep_to_telegrams_limits() -> None:
    for command in fixed_texts.ADMIN_COMMANDS:
        assert len(command.command) <= 32
        assert len(command.description) <= 256
    assert len(fixed_texts.ADMIN_COMMANDS) <= 100
    assert len(visible(fixed_texts.HELP + fixed_texts.ADMIN_HELP)) <= 4096
