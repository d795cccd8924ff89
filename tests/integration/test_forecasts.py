"""The use case on real storage and the real base model: one published forecast, however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import numpy as np
import pytest

from forecasting.active_models import ActiveModels
from forecasting.errors import ModelError, NoLongerTraded, TooLittleHistory, UnknownSymbol
from forecasting.forecasts import ForecastService
from forecasting.model.artefact import base_artefact
from forecasting.ports import ForecastStore, ModelStore
from forecasting.prices.exchanges import calendars
from forecasting.prices.market_context import NoMarket
from forecasting.types.bars import PriceAnswer, PriceHistory, PriceTrouble, StoredPrices, SymbolMatch, TroubleCause
from forecasting.types.job_records import ModelRecord
from storage import Stores
from tests.factories import NOW, model_record, price_history

LIMITED = PriceTrouble("Yahoo is limiting us.", NOW + timedelta(minutes=4))


@dataclass
class FixedPrices:
    """`Prices` that a test sets by hand."""

    answers: dict[str, PriceAnswer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, history: PriceHistory, trouble: PriceTrouble | None = None) -> None:
        self.answers[history.symbol] = PriceAnswer(history, trouble)

    def fresh(self, symbol: str) -> StoredPrices | None:
        del symbol
        return None

    def search(self, text: str) -> tuple[SymbolMatch, ...]:
        del text
        return ()

    def renewed(self, symbol: str) -> PriceAnswer:
        return self.latest(symbol)

    def latest(self, symbol: str) -> PriceAnswer:
        self.asked.append(symbol)
        if symbol not in self.answers:
            raise UnknownSymbol(symbol)
        return self.answers[symbol]


@dataclass
class Setup:
    """The service with its ports, and a clock that a test moves."""

    prices: FixedPrices
    models: ModelStore
    forecasts: ForecastStore
    service: ForecastService
    now: datetime = NOW


@pytest.fixture
def setup(stores: Stores) -> Setup:
    prices, models, forecasts = FixedPrices(), stores.models, stores.forecasts
    service = ForecastService(
        prices=prices,
        market=NoMarket(),
        calendar=calendars,
        models=ActiveModels(models, base_artefact()),
        forecasts=forecasts,
        scorecards=stores.scorecards,
        clock=lambda: built.now,
    )
    built = Setup(prices, models, forecasts, service)
    return built


def test_a_new_symbol_is_answered_by_the_base_model_with_its_scorecard(setup: Setup) -> None:
    history = price_history()
    setup.prices.put(history)
    answer = setup.service.predict("AAPL")
    made = answer.forecast
    assert made.model == sha256(base_artefact()).hexdigest()
    assert made.model_kind == "base"
    assert made.origin == history.last_session
    assert made.past_closes == tuple(history.close[-60:])
    assert made.targets[0] == date(2024, 7, 5)  # Independence Day lies between
    assert np.all(np.diff(made.prices, axis=1) >= 0)
    assert made.scorecard is not None
    assert made.scorecard.score("naive", 5) is not None
    assert answer.trouble is None
    assert answer.sessions_behind == 0


@pytest.mark.parametrize(
    ("cause", "days", "is_gone"),
    [("unknown", 7, False), ("unknown", 8, True), ("old", 28, False), ("old", 29, True), ("", 60, False)],
)
def test_a_symbol_is_gone_by_the_cause_and_the_age_of_its_prices(
    setup: Setup, cause: TroubleCause, days: int, *, is_gone: bool
) -> None:
    setup.prices.put(price_history(), PriceTrouble("No newer prices.", cause=cause))
    setup.now += timedelta(days=days)
    if not is_gone:
        assert setup.service.predict("AAPL").trouble
        return
    with pytest.raises(NoLongerTraded, match="no longer traded") as caught:
        setup.service.predict("AAPL")
    assert caught.value.last_session == date(2024, 7, 3)


def test_a_target_beyond_the_known_holidays_is_told(setup: Setup) -> None:
    setup.prices.put(price_history("600519.SS", last=date(2026, 11, 27), exchange="XSHG"))
    setup.prices.put(price_history("600036.SS", last=date(2026, 12, 4), exchange="XSHG"))
    assert setup.service.predict("600519.SS").forecast.notes == ()  # its last target is 25 December
    assert setup.service.predict("600036.SS").forecast.notes == ("holidays after 31 Dec 2026 are not known yet",)


def test_the_second_ask_is_answered_from_storage(setup: Setup) -> None:
    setup.prices.put(price_history())
    first = setup.service.predict("AAPL").forecast
    setup.now += timedelta(hours=1)
    second = setup.service.predict("AAPL").forecast
    assert second.made_at == first.made_at
    assert np.array_equal(second.prices, first.prices)


def test_ten_people_at_once_get_one_forecast(setup: Setup) -> None:
    setup.prices.put(price_history())
    with ThreadPoolExecutor(10) as people:
        made = [answer.forecast.made_at for answer in people.map(setup.service.predict, ["AAPL"] * 10)]
    assert len(set(made)) == 1


def test_a_new_session_makes_a_new_forecast_and_leaves_the_old_one(setup: Setup) -> None:
    history = price_history()
    setup.prices.put(history.take(slice(None, -1)))
    old = setup.service.predict("AAPL").forecast
    setup.prices.put(history)
    new = setup.service.predict("AAPL").forecast
    assert new.origin > old.origin
    kept = setup.forecasts.find(old.key)
    assert kept is not None
    assert np.array_equal(kept.prices, old.prices)


def test_a_forecast_depends_on_nothing_after_its_origin(setup: Setup) -> None:
    history = price_history()
    setup.prices.put(replace(history.take(slice(None, -30)), symbol="CUT"))
    cut = setup.service.predict("CUT").forecast
    wild = replace(history, symbol="WILD", close=np.concatenate((history.close[:-30], history.close[-30:] * 9)))
    setup.prices.put(wild.take(slice(None, -30)))
    assert np.array_equal(setup.service.predict("WILD").forecast.prices, cut.prices)


def test_old_prices_are_answered_and_counted(setup: Setup) -> None:
    setup.prices.put(price_history().take(slice(None, -7)), LIMITED)
    answer = setup.service.predict("AAPL")
    assert answer.trouble == LIMITED
    assert answer.sessions_behind == 7


def test_an_unknown_symbol_stores_nothing(setup: Setup) -> None:
    with pytest.raises(UnknownSymbol):
        setup.service.predict("NOPE")
    assert setup.forecasts.unscored("NOPE") == ()


def test_a_short_history_is_answered_without_a_scorecard(setup: Setup) -> None:
    setup.prices.put(price_history(sessions=255))
    assert setup.service.predict("AAPL").forecast.scorecard is None
    with pytest.raises(TooLittleHistory):
        setup.service.evaluate("AAPL")


def test_a_model_that_saw_every_session_is_not_judged_on_them(setup: Setup) -> None:
    history = price_history()
    setup.prices.put(history)
    seen = replace(model_record(), sha256=sha256(base_artefact()).hexdigest(), trained_to=history.last_session)
    setup.models.add(seen, base_artefact())
    assert setup.service.predict("AAPL").forecast.scorecard is None
    with pytest.raises(ModelError, match="saw every past session"):
        setup.service.evaluate("AAPL")


def test_a_symbol_model_answers_once_it_is_active(setup: Setup) -> None:
    setup.prices.put(price_history())
    setup.service.predict("AAPL")
    own = replace(model_record(), sha256=sha256(base_artefact()).hexdigest())
    setup.models.add(own, base_artefact())
    assert setup.service.predict("AAPL").forecast.model == own.sha256


def test_outcomes_are_scored_once_their_day_has_come(setup: Setup) -> None:
    weekdays = price_history(sessions=900)
    real = weekdays.sessions[
        np.isin(weekdays.sessions, calendars.sessions_between("XNYS", date(2020, 1, 1), NOW.date()))
    ]
    rows = np.isin(weekdays.sessions, real)
    history = replace(
        weekdays,
        sessions=real,
        **{name: getattr(weekdays, name)[rows] for name in ("open", "high", "low", "close", "volume")},
    )
    setup.prices.put(history.take(slice(None, -5)))
    made = setup.service.predict("AAPL").forecast
    assert setup.service.score_due("AAPL") == ()
    setup.prices.put(history)
    scored = setup.service.score_due("AAPL")
    assert [outcome.horizon for outcome in scored] == [1, 2, 3, 4, 5]
    assert scored[0].close == pytest.approx(history.close[-5])
    assert scored[0].median == made.median(1)
    assert setup.service.score_due("AAPL") == ()
    assert len(setup.service.outcomes("AAPL")) == 5


def test_training_is_wanted_once_and_again_after_a_season_or_a_split(setup: Setup) -> None:
    assert setup.service.wants_training("AAPL")
    rejected: ModelRecord = model_record(promoted=False)
    setup.models.add(rejected, b"rejected")
    assert not setup.service.wants_training("AAPL")
    setup.now = NOW.astimezone(UTC) + timedelta(days=91)
    assert setup.service.wants_training("AAPL")
    setup.now = NOW
    setup.models.mark_older_adjustment("AAPL")
    assert setup.service.wants_training("AAPL")


def test_the_full_evaluation_stands_beside_gjr_garch(setup: Setup) -> None:
    setup.prices.put(price_history(sessions=800))
    card = setup.service.evaluate("AAPL")
    assert card.score("gjr-garch-t", 20) is not None
    assert card.comparison("gjr-garch-t", 5, "crps") is not None
