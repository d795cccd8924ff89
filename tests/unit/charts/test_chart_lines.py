"""What a chart's lines, labels and marks stand on: read from the axes before they become pixels."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.text import Text
from PIL import Image

from bot.view import text as formatter
from bot.view.cards import card, data_words, strip
from bot.view.text.caption import compare_caption
from forecasting.charts import theme
from forecasting.charts.canvas import Sheet, lettering, plain
from forecasting.charts.comparison import comparison_chart
from forecasting.charts.evaluation import evaluation_chart
from forecasting.charts.fan import Scale, draw_fan, fan_chart, inside, label_dates, label_ends, spread
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import BANDS, Forecast
from tests.factories import forecast, price_history, quantile_prices, score, scorecard


def drawn(given: Forecast, horizon: int) -> Axes:
    """The axes of a fan with its labels, as `fan_chart` fills them."""
    axes = Sheet().axes(0.1, 0.1, 0.7, 0.7)
    scale = Scale.fitting(len(given.past_closes), horizon)
    draw_fan(axes, given, scale)
    label_ends(axes, given, horizon, formatter)
    label_dates(axes, given, scale, formatter)
    return axes


def line(axes: Axes, colour: str, place: int = 0) -> tuple[FloatArray, FloatArray]:
    """Where a line of a colour lies."""
    found = [one for one in axes.lines if one.get_color() == colour][place]
    return np.asarray(found.get_xdata(), np.float64), np.asarray(found.get_ydata(), np.float64)


def crashed() -> Forecast:
    """A price that fell from 100 to 4 in the sessions shown."""
    closes = tuple(float(close) for close in np.linspace(100, 4, 60))
    return replace(forecast(), past_closes=closes, prices=quantile_prices(4.0))


def pixels(png: bytes) -> FloatArray:
    with Image.open(BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB"), np.float64)


def test_the_median_starts_at_the_close_and_goes_through_the_medians() -> None:
    given = forecast()
    x, y = line(drawn(given, 10), theme.MEDIAN)
    assert x[0] == 0
    assert list(y) == pytest.approx([given.close, *(given.median(ahead) for ahead in range(1, 11))])


@pytest.mark.parametrize(("doubted", "fill"), [(False, theme.INK), (True, theme.PAPER)])
def test_a_doubted_close_is_a_hollow_dot(doubted: bool, fill: str) -> None:  # noqa: FBT001 - a table
    [dot] = [one for one in drawn(replace(forecast(), doubted=doubted), 5).lines if one.get_marker() == "o"]
    assert (dot.get_markerfacecolor(), dot.get_markeredgecolor()) == (fill, theme.INK)


def test_no_change_is_level_with_the_close() -> None:
    given = forecast()
    _, y = line(drawn(given, 5), theme.NO_CHANGE)
    assert set(y) == {given.close}


def test_the_past_ends_where_the_fan_begins() -> None:
    given = forecast()
    x, y = line(drawn(given, 5), theme.INK)
    assert (x[0], x[-1]) == (-59, 0)
    assert tuple(y) == given.past_closes


@pytest.mark.parametrize("horizon", [1, 7, 20])
def test_each_band_is_filled_between_its_own_quantiles(horizon: int) -> None:
    given = forecast()
    axes = drawn(given, horizon)
    filled = {}
    for (band, _), area in zip(theme.BAND_COLOURS, axes.collections, strict=True):
        heights = np.asarray(area.get_paths()[0].vertices)[:, 1]
        filled[band] = (heights.min(), heights.max())
    assert set(filled) == set(BANDS)
    for band, ends in filled.items():
        assert ends == pytest.approx(given.band(horizon, band))


def test_bands_are_drawn_widest_first_so_that_none_hides_another() -> None:
    orders = [area.get_zorder() for area in drawn(forecast(), 5).collections]
    assert orders == sorted(orders)
    assert [band for band, _ in theme.BAND_COLOURS] == sorted(BANDS, reverse=True)


def test_ends_are_labelled_with_the_prices_of_both_bands_and_the_median() -> None:
    given = replace(forecast(), prices=quantile_prices(100.0, 0.02))
    labels = [text for text in drawn(given, 20).texts if isinstance(text, Text)]
    low95, high95 = given.band(20, 0.95)
    low80, high80 = given.band(20, 0.8)
    assert [text.get_text() for text in labels] == [
        f"{price:.2f}" for price in (low95, low80, given.median(20), high80, high95)
    ]
    assert [text.get_color() for text in labels] == [theme.MUTED, theme.INK, theme.MEDIAN, theme.INK, theme.MUTED]


def test_labels_below_a_crash_stay_above_the_dates() -> None:
    heights = [text.get_position()[1] for text in drawn(crashed(), 20).texts]
    assert heights[0] >= 0
    assert all(above - below > 0.05 for below, above in pairwise(heights))


@given(heights=st.lists(st.floats(-0.3, 1.3), min_size=2, max_size=5).map(sorted))
def test_labels_are_moved_together_and_only_as_far_as_it_takes(heights: list[float]) -> None:
    apart = spread(heights, 0.058)
    moved = inside(apart)
    assert np.diff(moved) == pytest.approx(np.diff(apart), abs=1e-9)
    if apart[-1] - apart[0] <= 1:
        assert moved[0] >= -1e-9
        assert moved[-1] <= 1.03
    if apart[0] >= 0.03 and apart[-1] <= 1:
        assert moved == apart


def test_dates_name_the_origin_in_bold_and_the_horizon_last() -> None:
    given = forecast()
    axes = drawn(given, 5)
    labels = {label.get_text(): label for label in axes.get_xticklabels()}
    assert list(labels)[-2:] == ["3 Jul", "10 Jul"]
    assert labels["3 Jul"].get_color() == theme.INK
    assert {label.get_color() for text, label in labels.items() if text != "3 Jul"} == {theme.MUTED}
    assert list(axes.get_xticks()) == sorted(axes.get_xticks())


@pytest.mark.parametrize(("horizon", "ahead"), [(1, 1), (5, 1), (6, 2), (20, 2)])
def test_few_sessions_ahead_are_named_once(horizon: int, ahead: int) -> None:
    axes = drawn(forecast(), horizon)
    assert sum(place > 0 for place in axes.get_xticks()) == ahead


def test_everything_drawn_lies_between_the_limits() -> None:
    for shown in (forecast(), crashed(), forecast(price_history(daily_volatility=0.08))):
        low, high = drawn(shown, 20).get_ylim()
        assert low < min(*shown.past_closes, shown.prices.min())
        assert high > max(*shown.past_closes, shown.prices.max())


def test_of_compared_fans_a_single_simulated_one_marks_the_picture() -> None:
    real, other = forecast(), forecast(price_history("KO", seed=1))
    unmarked = pixels(comparison_chart([real, other], 10, formatter))
    assert (pixels(comparison_chart([real, replace(other, source="simulated")], 10, formatter)) != unmarked).any()
    assert "simulated market" in compare_caption([real, replace(other, source="simulated")], 10)


def test_compared_fans_share_one_scale() -> None:
    """A calm fan beside a wild one is drawn as narrow as it is."""
    calm, wild = forecast(), replace(forecast(), prices=quantile_prices(forecast().close, 0.06))

    def height(picture: FloatArray, left: int, right: int) -> int:
        wanted = np.array([int(theme.BAND_80[place : place + 2], 16) for place in (1, 3, 5)])
        rows = (np.abs(picture[:, left:right] - wanted).max(axis=2) <= 6).any(axis=1)
        return int(rows.sum())

    picture = pixels(comparison_chart([calm, wild], 10, formatter))
    assert height(picture, 540, 1080) > 2.5 * height(picture, 0, 540)


def test_captions_of_compared_fans_are_in_percent_of_each_close() -> None:
    given = replace(forecast(), name="Apple <Inc.>", prices=quantile_prices(forecast().close, 0.02))
    lower, upper = (price / given.close - 1 for price in given.band(10, 0.8))
    told = compare_caption([given, given], 10).split("\n\n")
    assert told[0] == "<b>10 sessions ahead</b>, 80% ranges"
    assert told[1].startswith("<b>AAPL</b> · Apple &lt;Inc.&gt;: $")
    assert f"\N{MINUS SIGN}{abs(lower):.1%} to +{upper:.1%}, chance of closing higher" in told[1]
    assert told[-1] == "<i>CSV files to 3 Jul 2024 · not advice</i>"


def test_the_day_of_compared_data_is_the_oldest_and_that_of_a_card_the_newest() -> None:
    newer, older = forecast(), forecast(price_history("KO", last=date(2024, 7, 1)))
    assert "CSV files to 1 Jul 2024" in compare_caption([newer, older], 10)
    assert data_words([older, replace(newer, source="yahoo")]) == "CSV files, Yahoo to 3 Jul 2024"


def texts_of(sheet: Sheet) -> Iterator[str]:
    return (text.get_text() for text in sheet.figure.texts)


def test_a_sheet_writes_in_its_own_font_and_reads_no_formulas() -> None:
    sheet = Sheet()
    sheet.write(0.1, 0.1, "$a_1^2$ costs $5 台", 20, bold=True)
    [text] = sheet.figure.texts
    assert list(texts_of(sheet)) == ["$a_1^2$ costs $5"]
    assert text.get_parse_math() is False
    assert str(text.get_fontproperties().get_file()).endswith("DejaVuSans-Bold.ttf")
    assert plain("台\n") == ""


def test_lettering_takes_other_colours_and_is_ours_without_any() -> None:
    assert lettering({})["color"] == theme.INK
    assert lettering({"color": theme.MUTED, "fontsize": 3})["color"] == theme.MUTED
    assert "bold" not in lettering({"bold": True})


@pytest.mark.parametrize("symbol", ["AAPL", "BAJAJ-AUTO.NS", "W" * 20])
def test_a_symbol_becomes_smaller_where_it_would_touch_what_is_beside_it(symbol: str) -> None:
    shown = replace(forecast(), symbol=symbol, name="A Long Name of a Company in Wisconsin")
    assert (pixels(strip(shown, 5))[20:80, 300:313] > 250).all()  # a gap before the fan
    head = pixels(fan_chart(shown, 5, formatter))[20:90]
    assert (head[:, -8:] > 250).all()
    assert (pixels(comparison_chart([shown, forecast()], 10, formatter))[:150, 525:540] > 250).all()


def test_a_cards_strips_stand_in_their_order() -> None:
    first, second = forecast(), forecast(price_history("KO", seed=3))
    strips = [strip(one, 5) for one in (first, second)]
    whole = pixels(card(strips, [first, second], 5))
    for place, one in enumerate(strips):
        top = 90 + 160 * place
        assert np.abs(whole[top : top + 160] - pixels(one)).mean() < 2


def test_an_evaluation_of_a_single_horizon_and_of_every_baseline_fits() -> None:
    bands = ("model", "volatility band", "historical quantiles", "ewma band", "gjr-garch-t")
    names = dict.fromkeys(bands, 1.0) | {"naive": 1.4, "drift": 1.4}
    many = tuple(score(name, h, scale=scale) for h in (1, 5, 10, 20) for name, scale in names.items())
    every = replace(scorecard("X" * 20), scores=many)
    for shown in (every, replace(every, scores=tuple(one for one in many if one.horizon == 5))):
        picture = pixels(evaluation_chart(shown, formatter))
        for edge in (picture[:, :8], picture[:, -8:], picture[:8], picture[-8:]):
            assert (edge > 240).all()
