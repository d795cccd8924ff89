"""Gradient boosting on the model's own features, beside the base model and two baselines.

Usage: python benchmarks/boosting.py FOLDER [FOLDER ...] [--market FOLDER] [--json FILE]

For each horizon and level, scikit-learn's HistGradientBoostingRegressor learns the outcomes of all symbols, in units of
their volatility, in the first half of the folder's sessions; how large it may grow is chosen there, on purged folds.
Everybody is scored by the pinball loss at every fifth session of the second half, after 20 sessions of purging. Printed
are geometric means over symbols, in units of the loss of the 500-session historical quantiles.
"""

import argparse
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import make_scorer, mean_pinball_loss
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit

from forecasting.baselines.ewma import EwmaBand
from forecasting.baselines.history import HistoricalQuantiles
from forecasting.learning.promotion import Holdout
from forecasting.learning.sequences import FIRST_SCORED, as_sequences
from forecasting.model.artefact import base_artefact, load
from forecasting.model.features import feature_table
from forecasting.model.forecaster import ModelForecaster
from forecasting.model.market_features import aligned
from forecasting.ports import Forecaster
from forecasting.prices.market_context import INDEX, context_of
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.types.bars import MIN_SESSIONS, FloatArray, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON

LEAST_SESSIONS = 1000
AHEAD = np.array((1, 5, 20))
ASKED = (0.1, 0.5, 0.9)
COLUMNS = [LEVELS.index(level) for level in ASKED]
SIZES = {"max_iter": (25, 100), "max_leaf_nodes": (4, 16)}
UNIT = "historical quantiles"
Regressors = Sequence[Sequence[GridSearchCV]]
"""One for each horizon and level."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What is learned from: sessions of all symbols, ascending in time."""

    features: FloatArray  # shape (rows, features)
    outcomes: FloatArray  # shape (rows, horizons), in units of volatility; NaN where not known before the split


@dataclass(frozen=True, slots=True)
class Found:
    """One folder's comparison: ratios of losses, forecaster -> horizon -> level or "all levels"."""

    folder: str
    symbols: int
    origins: int
    split: str
    seconds: float  # of the boosting's training
    ratios: Mapping[str, Mapping[str, Mapping[str, float]]]


def main() -> None:
    """Compare on every folder, print Markdown tables, and write everything as JSON where asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--market", type=Path, metavar="FOLDER", help="where ^GSPC is")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    found = [compared(folder, asked.market) for folder in asked.folders]
    for one in found:
        print_table(one)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=2) + "\n", encoding="utf-8")


def now() -> datetime:
    """The time in UTC."""
    return datetime.now(UTC)


def compared(folder: Path, market: Path | None) -> Found:
    """Train on the first half, score on the second."""
    model = load(base_artefact())
    source = CsvFolderSource(folder, now)
    index = CsvFolderSource(market, now).history(INDEX) if market else None
    histories = [one for one in map(source.history, source.symbols()) if len(one) >= LEAST_SESSIONS]
    split = first_of_second_half(histories, model.trained_to)
    halves = [
        Holdout(one, int(np.searchsorted(one.sessions, split)), context_of(index, one) if index else None)
        for one in histories
    ]
    holdouts = [holdout for holdout in halves if holdout.unseen >= MIN_SESSIONS and len(holdout.origins)]
    begun = time.monotonic()
    regressors = fitted(rows_of(holdouts), len(holdouts))
    seconds = time.monotonic() - begun
    losses = {
        "base model": losses_of(lambda holdout: quantiles_of(ModelForecaster(model), holdout), holdouts),
        "gradient boosting": losses_of(lambda holdout: predicted(regressors, holdout), holdouts),
        "ewma band": losses_of(lambda holdout: quantiles_of(EwmaBand(), holdout), holdouts),
        UNIT: losses_of(lambda holdout: quantiles_of(HistoricalQuantiles(), holdout), holdouts),
    }
    origins = sum(len(holdout.origins) for holdout in holdouts)
    return Found(folder.name, len(holdouts), origins, str(split), seconds, ratios(losses))


def first_of_second_half(histories: Sequence[PriceHistory], trained_to: date | None) -> np.datetime64:
    """The session that divides learning from scoring: the middle one, or the first that the base model never saw."""
    sessions = np.unique(np.concatenate([history.sessions for history in histories]))
    unseen = 0 if trained_to is None else np.searchsorted(sessions, np.datetime64(trained_to), "right")
    return np.datetime64(sessions[max(len(sessions) // 2, int(unseen))], "D")


def rows_of(holdouts: Sequence[Holdout]) -> Samples:
    """Every session of the first half, in time order; outcomes after the half are unknown to it."""
    seen = [holdout.seen for holdout in holdouts]
    markets = [aligned(holdout.context, one.sessions) for holdout, one in zip(holdouts, seen, strict=True)]
    parts = [as_sequences(feature_table(*each), each[0].close) for each in zip(seen, markets, strict=True)]
    order = np.argsort(np.concatenate([one.sessions[FIRST_SCORED:] for one in seen]), kind="stable")
    return Samples(
        np.concatenate([part.features[FIRST_SCORED:] for part in parts])[order],
        np.concatenate([part.outcomes[FIRST_SCORED:, AHEAD - 1] for part in parts])[order],
    )


def fitted(rows: Samples, symbols: int) -> Regressors:
    """One regressor for each horizon and level, the best of its sizes on later, purged sessions of the same half."""
    folds = TimeSeriesSplit(2, gap=MAX_HORIZON * symbols)
    return [[fitted_one(rows, column, level, folds) for level in ASKED] for column in range(len(AHEAD))]


def fitted_one(rows: Samples, column: int, level: float, folds: TimeSeriesSplit) -> GridSearchCV:
    """The regressor of one horizon and level."""
    booster = HistGradientBoostingRegressor(
        loss="quantile",
        quantile=level,
        learning_rate=0.05,
        min_samples_leaf=200,
        early_stopping=False,  # it would look at neighbours of what was learned
        random_state=0,
    )
    loss = make_scorer(mean_pinball_loss, alpha=level, greater_is_better=False)
    known = np.isfinite(rows.outcomes[:, column])
    search = GridSearchCV(booster, SIZES, scoring=loss, cv=folds)
    return search.fit(rows.features[known], rows.outcomes[known, column])


def predicted(regressors: Regressors, holdout: Holdout) -> FloatArray:
    """The boosting's quantiles in units of the close, shape (origins, horizons, levels)."""
    table = feature_table(holdout.history, aligned(holdout.context, holdout.history.sessions))
    features, unit = table.values[holdout.origins], table.volatility[holdout.origins]
    moves = [
        np.stack([one.predict(features) for one in levels], axis=-1) * (unit * np.sqrt(ahead))[:, None]
        for levels, ahead in zip(regressors, AHEAD, strict=True)
    ]
    return np.asarray(np.exp(np.stack(moves, axis=1)))


def quantiles_of(forecaster: Forecaster, holdout: Holdout) -> FloatArray:
    """A forecaster's quantiles in units of the close, shape (origins, horizons, levels)."""
    prices = forecaster.quantiles(holdout.history, holdout.origins, holdout.context)[:, AHEAD - 1][..., COLUMNS]
    return np.asarray(prices / holdout.history.close[holdout.origins, None, None])


def losses_of(quantiles: Callable[[Holdout], FloatArray], holdouts: Sequence[Holdout]) -> FloatArray:
    """Mean pinball losses, shape (symbols, horizons, levels)."""
    return np.array([losses(quantiles(holdout), holdout) for holdout in holdouts])


def losses(quantiles: FloatArray, holdout: Holdout) -> list[list[float]]:
    """Mean pinball losses of one symbol for each horizon and level."""
    close, rows = holdout.history.close, holdout.origins
    came = close[rows[:, None] + AHEAD] / close[rows, None]
    return [
        [
            float(mean_pinball_loss(came[:, at], quantiles[:, at, column], alpha=level))
            for column, level in enumerate(ASKED)
        ]
        for at in range(len(AHEAD))
    ]


def ratios(losses: Mapping[str, FloatArray]) -> dict[str, dict[str, dict[str, float]]]:
    """Geometric means over symbols in units of `UNIT`, each level by itself and all together."""
    found = {}
    for name, loss in losses.items():
        levels = np.exp(np.log(loss / losses[UNIT]).mean(axis=0))
        whole = np.exp(np.log(loss.sum(axis=-1) / losses[UNIT].sum(axis=-1)).mean(axis=0))
        found[name] = {
            str(ahead): {"all levels": float(whole[at])} | dict(zip(map(str, ASKED), levels[at].tolist(), strict=True))
            for at, ahead in enumerate(AHEAD)
        }
    return found


def print_table(found: Found) -> None:
    """Markdown: one line a forecaster."""
    print(f"\n### {found.folder}: {found.symbols} symbols, {found.origins} origins after {found.split}\n")
    titles = [f"{ahead} sessions" for ahead in AHEAD] + [f"{ahead} at {level}" for ahead in AHEAD for level in ASKED]
    print(f"| pinball loss / {UNIT} | {' | '.join(titles)} |\n|---|{'---|' * len(titles)}")
    for name, horizons in found.ratios.items():
        whole = [levels["all levels"] for levels in horizons.values()]
        each = [levels[str(level)] for levels in horizons.values() for level in ASKED]
        print(f"| {name} | {' | '.join(f'{ratio:.3f}' for ratio in whole + each)} |")
    print(f"\nThe boosting was trained in {found.seconds:.0f} s.")


if __name__ == "__main__":
    main()
