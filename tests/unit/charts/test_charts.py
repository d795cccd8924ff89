"""Charts: the right size, drawn from what they show, whatever the prices, the name or the thread."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.view import text as formatter
from forecasting.charts import theme
from forecasting.charts.canvas import plain
from forecasting.charts.comparison import comparison_chart
from forecasting.charts.evaluation import evaluation_chart, skills
from forecasting.charts.fan import Scale, fan_chart, spread
from forecasting.types.bars import FloatArray
from tests.factories import forecast, price_history, score, scorecard


def pixels(png: bytes) -> FloatArray:
    with Image.open(BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"), np.float64)


def share_of(picture: FloatArray, colour: str) -> float:
    """The share of a picture's pixels that are close to a colour."""
    wanted = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)])
    return float((np.abs(picture - wanted).max(axis=2) <= 6).mean())


@pytest.mark.parametrize("horizon", [1, 2, 5, 20])
def test_a_fan_chart_is_square_and_shows_every_band(horizon: int) -> None:
    picture = pixels(fan_chart(forecast(), horizon, formatter))
    assert picture.shape == (1080, 1080, 3)
    for colour in (theme.BAND_50, theme.BAND_80, theme.BAND_95):
        assert share_of(picture, colour) > 0.002
    for colour in (theme.MEDIAN, theme.INK, theme.NO_CHANGE):
        assert share_of(picture, colour) > 0.0002


def test_the_same_forecast_gives_the_same_bytes_and_fits_a_message() -> None:
    assert fan_chart(forecast(), 5, formatter) == fan_chart(forecast(), 5, formatter)
    assert len(fan_chart(forecast(), 5, formatter)) < 100_000


def test_simulated_prices_are_marked_across_the_picture() -> None:
    real = pixels(fan_chart(forecast(), 5, formatter))
    simulated = pixels(fan_chart(replace(forecast(), source="simulated"), 5, formatter))
    middle = slice(300, 800), slice(150, 800)
    assert (real[middle] != simulated[middle]).any(axis=2).mean() > 0.01


@pytest.mark.parametrize(("start_price", "currency"), [(3e-5, "USD"), (0.2, ""), (90.0, "GBp"), (1.6e6, "KRW")])
def test_prices_of_any_size_stay_inside_the_picture(start_price: float, currency: str) -> None:
    made = replace(forecast(price_history(start_price=start_price)), currency=currency)
    picture = pixels(fan_chart(made, 5, formatter))
    for edge in (picture[:, :8], picture[:, -8:], picture[:8], picture[-8:]):
        assert (edge > 240).all()


@pytest.mark.parametrize("name", ["", "$\\frac{1}{2}$ & <b>", "台積電 😀", "A" * 300])
def test_no_name_disturbs_a_chart(name: str) -> None:
    assert pixels(fan_chart(replace(forecast(), name=name), 5, formatter)).shape == (1080, 1080, 3)


def test_letters_that_the_font_lacks_are_left_out() -> None:
    assert plain("Taiwan 台積電") == "Taiwan"


def test_a_flat_price_and_a_short_past_can_be_drawn() -> None:
    flat = forecast(price_history(daily_volatility=1e-9))
    short = replace(flat, past_closes=flat.past_closes[-3:], past_sessions=flat.past_sessions[-3:])
    assert fan_chart(flat, 5, formatter)
    assert fan_chart(short, 20, formatter)


def test_charts_drawn_in_several_threads_are_the_same() -> None:
    with ThreadPoolExecutor(4) as pool:
        drawn = set(pool.map(lambda _: fan_chart(forecast(), 5, formatter), range(8)))
    assert len(drawn) == 1


@given(heights=st.lists(st.floats(0, 1), min_size=5, max_size=5))
def test_labels_keep_their_order_and_their_distance(heights: list[float]) -> None:
    moved = spread(sorted(heights), 0.05)
    gaps = np.diff(moved)
    assert (gaps >= 0.05 - 1e-3).all()
    assert np.mean(moved) == pytest.approx(np.mean(heights), abs=1e-6)


@given(past=st.integers(1, 60), ahead=st.integers(1, 20))
def test_the_sessions_ahead_get_a_third_of_the_width_and_never_less_than_their_share(past: int, ahead: int) -> None:
    scale = Scale.fitting(past, ahead)
    width = scale.ahead_of_origin()[-1]
    assert scale.step >= 1
    assert width / (width + past) >= 0.36 - 1e-9
    assert len(scale.behind()) == past
    assert scale.behind()[-1] == 0


@pytest.mark.parametrize("count", [2, 3, 4])
def test_two_to_four_fans_share_one_picture(count: int) -> None:
    made = [forecast(price_history(symbol, seed=seed)) for seed, symbol in enumerate(("A", "B", "C", "D"))]
    assert pixels(comparison_chart(made[:count], 10, formatter)).shape == (1080, 1080, 3)


def test_an_evaluation_draws_bands_and_leaves_bare_points_out() -> None:
    scales = {"model": 0.97, "historical quantiles": 1.0, "ewma band": 1.01, "naive": 1.4}
    card = replace(
        scorecard(),
        scores=tuple(score(name, h, scale=scale) for h in (1, 5, 10, 20) for name, scale in scales.items()),
    )
    found = skills(card)
    assert set(found) == {"model", "ewma band"}
    assert found["model"] == pytest.approx([0.03] * 4)
    assert pixels(evaluation_chart(card, formatter)).shape == (1080, 1080, 3)
    assert pixels(evaluation_chart(scorecard(), formatter)).shape == (1080, 1080, 3)  # without the yardstick: no lines
